using BuildData.Stores;

namespace BuildData;

/// <summary>Reads and writes builds within an update.</summary>
internal static class BuildRows
{
    public static ValueTask<Build> Find(UpdateScope scope, long buildId)
    {
        return scope.Held.Builds.TryGetValue(buildId, out Build? build) ? new ValueTask<Build>(build) : Read(scope, buildId);

        static async ValueTask<Build> Read(UpdateScope scope, long buildId)
        {
            Build build = await scope.Lock(new OneBuild(buildId), buildId).ConfigureAwait(false);
            scope.Held.Builds[buildId] = build;
            return build;
        }
    }

    /// <summary>The number of a builder's latest build; 0 if it has none.</summary>
    public static async ValueTask<long> LatestNumber(UpdateScope scope, long builderId)
    {
        if (scope.Held.BuildNumbers.TryGetValue(builderId, out long number))
            return number;

        // Whoever holds the builder's row gives the next number.
        await BuilderRows.Lock(scope, builderId).ConfigureAwait(false);
        SqlBuilder sql = scope.Session.Sql();
        sql.Append($"SELECT coalesce(max(number), 0) FROM builds WHERE builder_id = {builderId}");
        List<long> latest = await scope.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        return latest[0];
    }

    public static async ValueTask<Build> Insert(UpdateScope scope, Build build)
    {
        long buildId = await scope.Session.Insert(
            "builds",
            """
            INSERT INTO builds (id, number, builder_id, buildrequest_id, worker_id, master_id, started_at, complete, locks_duration_s, state_string)
            VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8)
            """,
            build.Number, build.BuilderId, build.BuildRequestId, build.WorkerId, build.MasterId, build.StartedAt, build.StateString)
            .ConfigureAwait(false);
        scope.Held.BuildNumbers[build.BuilderId] = build.Number;
        scope.Held.HoldAllNames(buildId, new StepNames(build.BuilderId));
        build = build with { BuildId = buildId };
        if (scope.Session.Dialect.HasSeveralWriters)
            scope.Held.BuildProperties[buildId] = PropertyMap.Empty;
        await Written(scope, build, "new").ConfigureAwait(false);
        return build;
    }

    public static async ValueTask SetStateString(UpdateScope scope, Build build)
    {
        await scope.Session.Execute(
            "UPDATE builds SET state_string = $2 WHERE id = $1",
            build.BuildId, build.StateString).ConfigureAwait(false);
        await Written(scope, build, "update").ConfigureAwait(false);
    }

    public static async ValueTask Finish(UpdateScope scope, Build build)
    {
        await scope.Session.Execute(
            "UPDATE builds SET complete = 1, complete_at = $2, results = $3 WHERE id = $1",
            build.BuildId, build.CompleteAt, build.Results).ConfigureAwait(false);
        await Written(scope, build, "finished").ConfigureAwait(false);
        scope.Held.Finish(build);
    }

    public static async ValueTask SetProperty(UpdateScope scope, long buildId, string name, Property property)
    {
        // The build's row is held, so nobody else sets one meanwhile. Not ON CONFLICT: what makes names unique is the store's own.
        await scope.Session.Execute("DELETE FROM build_properties WHERE build_id = $1 AND name = $2", buildId, name).ConfigureAwait(false);
        await scope.Session.Execute(
            "INSERT INTO build_properties (build_id, name, value, source) VALUES ($1, $2, $3, $4)",
            buildId, name, property.Value.GetRawText(), property.Source).ConfigureAwait(false);
        PropertyMap changed = new PropertyMap { [name] = property }.Freeze();
        scope.Announce(Catalog.Properties, "update", changed, buildId);
        if (!scope.Session.Dialect.HasSeveralWriters)
            return;

        // A new version of the build's row tells other masters that what they know of the build is out of date.
        await scope.Session.Execute("UPDATE builds SET complete = complete WHERE id = $1", buildId).ConfigureAwait(false);
        scope.Held.Touch(buildId);
        if (scope.Held.BuildProperties.TryGetValue(buildId, out PropertyMap? properties))
            scope.Held.BuildProperties[buildId] = properties.With(changed);
    }

    private static async ValueTask Written(UpdateScope scope, Build build, string eventName)
    {
        scope.Held.Write(build);
        PropertyMap? properties = scope.WantsProperties
            ? await Properties(scope, build.BuildId).ConfigureAwait(false)
            : null;
        scope.Announce(Catalog.Builds, eventName, build, build.BuildId, properties);
    }

    private static ValueTask<PropertyMap> Properties(UpdateScope scope, long buildId) =>
        scope.Held.BuildProperties.TryGetValue(buildId, out PropertyMap? held)
            ? new ValueTask<PropertyMap>(held)
            : scope.Find(new PropertiesOfBuild(buildId), buildId);
}
