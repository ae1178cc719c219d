using BuildData.Resources.Builds;
using BuildData.Stores;

namespace BuildData.Resources.Steps;

/// <summary>Reads and writes steps within an update.</summary>
internal static class StepTable
{
    /// <summary>Returns a step, and locks the step's row.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such step.</exception>
    public static ValueTask<Step> GetForUpdate(UpdateContext context, long stepId)
    {
        return Cache(context).Steps.TryGet(stepId, out Step? step) ? new ValueTask<Step>(step) : Read(context, stepId);

        static async ValueTask<Step> Read(UpdateContext context, long stepId)
        {
            Step step = await context.GetForUpdate(new StepById(stepId), stepId).ConfigureAwait(false);
            Cache(context).Steps.Add(stepId, step);
            return step;
        }
    }

    /// <summary>
    /// Returns a build with the names of its steps, and locks the build's row. No other transaction can add a step to the build until this
    /// transaction ends.
    /// </summary>
    /// <exception cref="ResourceNotFoundException">There is no such build.</exception>
    public static ValueTask<CachedBuild> GetBuildWithNames(UpdateContext context, long buildId)
    {
        return context.Cache.GetPart<BuildCache>().Builds.TryGet(buildId, out CachedBuild? build) && build.StepNames is not null
            ? new ValueTask<CachedBuild>(build)
            : Read(context, buildId);

        static async ValueTask<CachedBuild> Read(UpdateContext context, long buildId)
        {
            CachedBuild build = await BuildTable.GetCached(context, buildId).ConfigureAwait(false);
            var names = new StepNameCache(build.Build.BuilderId);
            SqlBuilder sql = context.Session.Sql();
            sql.Append($"SELECT name FROM steps WHERE build_id = {buildId} LIMIT {StepNameCache.MaxCached + 1} + 0");
            List<string> added = await context.Session.Rows<string>(sql, CancellationToken.None).ConfigureAwait(false);
            if (added.Count > StepNameCache.MaxCached)
                names.CacheOnlyCount(await CountSteps(context, buildId).ConfigureAwait(false));
            else
                added.ForEach(names.Add);
            context.Cache.GetPart<BuildCache>().SetStepNames(build, names);
            return build;
        }
    }

    /// <summary>
    /// Returns the name if it is unused. Otherwise returns the first unused name of <c>name_1</c>, <c>name_2</c>, and so on. Shortens the
    /// name if it would be too long with its suffix.
    /// </summary>
    public static async ValueTask<string> FirstFreeName(UpdateContext context, StepNameCache names, long buildId, string name)
    {
        if (!await IsTaken(context, names, buildId, name).ConfigureAwait(false))
            return name;

        for (int number = names.NextSuffix(name); ; number++)
        {
            string candidate = StepNameCache.WithSuffix(name, number);
            if (await IsTaken(context, names, buildId, candidate).ConfigureAwait(false))
                continue;

            names.SetNextSuffix(name, number);
            return candidate;
        }
    }

    /// <summary>
    /// Returns the completion time of a step that finishes now. This time is not before the start of the step, unless the start time was
    /// passed to <see cref="Updates.StartStep"/>.
    /// </summary>
    public static async ValueTask<DateTimeOffset> GetEndTime(UpdateContext context, Step step)
    {
        if (step.StartedAt is not { } startedAt || context.Now >= startedAt)
            return context.Now;

        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT started_at_given FROM steps WHERE id = {step.StepId}");
        List<long> given = await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        return given[0] == 0 ? startedAt : context.Now;
    }

    /// <summary>Returns the name of an unfinished step of a build; null if all steps of the build are finished.</summary>
    public static async ValueTask<string?> FindIncompleteName(UpdateContext context, long buildId)
    {
        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT name FROM steps WHERE build_id = {buildId} AND complete = 0 ORDER BY number LIMIT 1");
        List<string> names = await context.Session.Rows<string>(sql, CancellationToken.None).ConfigureAwait(false);
        return names.Count == 0 ? null : names[0];
    }

    public static async ValueTask Finish(UpdateContext context, Step step)
    {
        await context.Session.Execute(
            "UPDATE steps SET complete = 1, complete_at = $2, results = $3, hidden = $4 WHERE id = $1",
            step.StepId, step.CompleteAt, step.Results, step.Hidden).ConfigureAwait(false);
        string stateString = StepRules.StateStringAtFinish(context, step);
        if (stateString != step.StateString)
        {
            step = step with { StateString = stateString };
            await context.Session.Execute("UPDATE steps SET state_string = $2 WHERE id = $1", step.StepId, stateString).ConfigureAwait(false);
        }

        CacheAndAnnounce(context, step, "finished");
        Cache(context).Steps.EvictForLaterTransactions(step.StepId);
    }

    /// <summary>Runs a statement that writes a step. Then caches the step and announces the change.</summary>
    /// <param name="context">The context.</param>
    /// <param name="step">The step with the values that the statement writes.</param>
    /// <param name="eventName">The name of the event.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="parameters">The parameters of the statement, from <c>$1</c>.</param>
    public static ValueTask Write(UpdateContext context, Step step, string eventName, string sql, params ReadOnlySpan<SqlValue> parameters)
    {
        return Complete(context, step, eventName, context.Session.Execute(sql, parameters));

        static async ValueTask Complete(UpdateContext context, Step step, string eventName, ValueTask written)
        {
            await written.ConfigureAwait(false);
            CacheAndAnnounce(context, step, eventName);
        }
    }

    /// <summary>Caches a step that the update has written, and announces the change.</summary>
    public static void CacheAndAnnounce(UpdateContext context, Step step, string eventName)
    {
        Cache(context).Steps.SetWritten(step.StepId, step);
        AnnounceUnchanged(context, step, eventName);
    }

    /// <summary>Announces an event of a step that the update has not changed.</summary>
    public static void AnnounceUnchanged(UpdateContext context, Step step, string eventName) =>
        context.Announce(StepDefinition.Instance, eventName, step, step.StepId);

    private static async ValueTask<bool> IsTaken(UpdateContext context, StepNameCache names, long buildId, string name)
    {
        if (names.AreNamesCached)
            return names.IsTaken(name);

        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT count(*) FROM steps WHERE build_id = {buildId} AND name = {name}");
        List<long> count = await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        return count[0] > 0;
    }

    private static async ValueTask<long> CountSteps(UpdateContext context, long buildId)
    {
        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT coalesce(max(number) + 1, 0) FROM steps WHERE build_id = {buildId}");
        List<long> count = await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        return count[0];
    }

    private static StepCache Cache(UpdateContext context) => context.Cache.GetPart<StepCache>();
}
