using BuildData.Stores;

namespace BuildData;

/// <summary>Reads and writes steps within an update.</summary>
internal static class StepRows
{
    public static ValueTask<Step> Find(UpdateScope scope, long stepId)
    {
        return scope.Held.Steps.TryGetValue(stepId, out Step? step) ? new ValueTask<Step>(step) : Read(scope, stepId);

        static async ValueTask<Step> Read(UpdateScope scope, long stepId)
        {
            Step step = await scope.Lock(new StepById(stepId), stepId).ConfigureAwait(false);
            scope.Held.Steps[stepId] = step;
            return step;
        }
    }

    /// <summary>The names of a build's steps, to which nobody else adds until the transaction ends.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such build.</exception>
    public static ValueTask<StepNames> Names(UpdateScope scope, long buildId)
    {
        return scope.Held.HasAllNames(buildId) ? new ValueTask<StepNames>(scope.Held.StepNames[buildId]) : Read(scope, buildId);

        static async ValueTask<StepNames> Read(UpdateScope scope, long buildId)
        {
            Build build = await BuildRows.Find(scope, buildId).ConfigureAwait(false);
            StepNames names = scope.Held.StepNames.GetValueOrDefault(buildId) ?? new StepNames(build.BuilderId);
            SqlBuilder sql = scope.Session.Sql();
            sql.Append($"SELECT name FROM steps WHERE build_id = {buildId} AND number >= {names.Count} LIMIT {StepNames.MostHeld + 1} + 0");
            List<string> added = await scope.Session.Rows<string>(sql, CancellationToken.None).ConfigureAwait(false);
            if (added.Count > StepNames.MostHeld)
                names.HoldOnlyCount(await Count(scope, buildId).ConfigureAwait(false));
            else
                added.ForEach(names.Add);
            scope.Held.HoldAllNames(buildId, names);
            return names;
        }
    }

    /// <summary>
    /// The name itself, or else the first free of <c>name_1</c>, <c>name_2</c>, …, the name cut so that the whole fits.
    /// </summary>
    public static async ValueTask<string> FirstFreeName(UpdateScope scope, StepNames names, long buildId, string name)
    {
        if (!await IsTaken(scope, names, buildId, name).ConfigureAwait(false))
            return name;

        for (int number = names.NextSuffix(name); ; number++)
        {
            string candidate = StepNames.WithSuffix(name, number);
            if (await IsTaken(scope, names, buildId, candidate).ConfigureAwait(false))
                continue;

            names.RememberSuffix(name, number);
            return candidate;
        }
    }

    /// <summary>Holds the names of builds that are held themselves, and so locked.</summary>
    public static void HoldNames(UpdateScope scope, IEnumerable<long> buildIds, IEnumerable<StepNameRow> newNames)
    {
        ILookup<long, string> added = newNames.ToLookup(row => row.BuildId, row => row.Name);
        foreach (long buildId in buildIds)
        {
            if (!scope.Held.Builds.TryGetValue(buildId, out Build? build))
                continue;

            StepNames names = scope.Held.StepNames.GetValueOrDefault(buildId) ?? new StepNames(build.BuilderId);
            foreach (string name in added[buildId])
                names.Add(name);
            scope.Held.HoldAllNames(buildId, names);
        }
    }

    public static async ValueTask<Step> Insert(UpdateScope scope, Step step, long builderId)
    {
        long stepId = await scope.Session.Insert(
            "steps",
            "INSERT INTO steps (id, build_id, builder_id, number, name, complete, state_string, hidden) VALUES ($1, $2, $3, $4, $5, 0, $6, 0)",
            step.BuildId, builderId, step.Number, step.Name, step.StateString).ConfigureAwait(false);
        return Written(scope, step with { StepId = stepId }, "new");
    }

    public static async ValueTask Start(UpdateScope scope, Step step, bool startIsGiven)
    {
        await scope.Session.Execute(
            "UPDATE steps SET started_at = $2, locks_acquired_at = $3, started_at_given = $4 WHERE id = $1",
            step.StepId, step.StartedAt, step.LocksAcquiredAt, startIsGiven).ConfigureAwait(false);
        Written(scope, step, "started");
    }

    public static async ValueTask SetLocksAcquiredAt(UpdateScope scope, Step step)
    {
        await scope.Session.Execute(
            "UPDATE steps SET locks_acquired_at = $2 WHERE id = $1",
            step.StepId, step.LocksAcquiredAt).ConfigureAwait(false);
        Written(scope, step, "updated");
    }

    public static async ValueTask SetStateString(UpdateScope scope, Step step)
    {
        await scope.Session.Execute(
            "UPDATE steps SET state_string = $2 WHERE id = $1",
            step.StepId, step.StateString).ConfigureAwait(false);
        Written(scope, step, "updated");
    }

    public static async ValueTask SetUrls(UpdateScope scope, Step step)
    {
        await scope.Session.Execute(
            "UPDATE steps SET urls = $2 WHERE id = $1",
            step.StepId, StepUrlsText.Write(step.Urls)).ConfigureAwait(false);
        Written(scope, step, "updated");
    }

    /// <summary>Returns the end of a step that is finished now. It is not before the step's start, unless a caller gave the start.</summary>
    public static async ValueTask<DateTimeOffset> End(UpdateScope scope, Step step)
    {
        if (step.StartedAt is not { } startedAt || scope.Now >= startedAt)
            return scope.Now;

        SqlBuilder sql = scope.Session.Sql();
        sql.Append($"SELECT started_at_given FROM steps WHERE id = {step.StepId}");
        List<long> given = await scope.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        return given[0] == 0 ? startedAt : scope.Now;
    }

    public static async ValueTask Finish(UpdateScope scope, Step step)
    {
        await scope.Session.Execute(
            "UPDATE steps SET complete = 1, complete_at = $2, results = $3, hidden = $4 WHERE id = $1",
            step.StepId, step.CompleteAt, step.Results, step.Hidden).ConfigureAwait(false);
        Written(scope, step, "finished");
        scope.Held.Finish(step);
    }

    private static async ValueTask<bool> IsTaken(UpdateScope scope, StepNames names, long buildId, string name)
    {
        if (names.AreHeld)
            return names.IsTaken(name);

        SqlBuilder sql = scope.Session.Sql();
        sql.Append($"SELECT count(*) FROM steps WHERE build_id = {buildId} AND name = {name}");
        List<long> count = await scope.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        return count[0] > 0;
    }

    private static async ValueTask<long> Count(UpdateScope scope, long buildId)
    {
        SqlBuilder sql = scope.Session.Sql();
        sql.Append($"SELECT coalesce(max(number) + 1, 0) FROM steps WHERE build_id = {buildId}");
        List<long> count = await scope.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        return count[0];
    }

    public static void Unchanged(UpdateScope scope, Step step, string eventName) =>
        scope.Announce(Catalog.Steps, eventName, step, step.StepId);

    private static Step Written(UpdateScope scope, Step step, string eventName)
    {
        scope.Held.Write(step);
        scope.Announce(Catalog.Steps, eventName, step, step.StepId);
        return step;
    }
}
