using BuildData.Resources.Builders;
using BuildData.Resources.Properties;
using BuildData.Resources.Steps;
using BuildData.Stores;

namespace BuildData.Resources.Builds;

/// <summary>Reads and writes builds within an update.</summary>
internal static class BuildTable
{
    public static ValueTask<Build> GetForUpdate(UpdateContext context, long buildId)
    {
        return context.Cache.Builds.TryGetValue(buildId, out Build? build) ? new ValueTask<Build>(build) : Read(context, buildId);

        static async ValueTask<Build> Read(UpdateContext context, long buildId)
        {
            Build build = await context.GetForUpdate(new BuildByRef(buildId), buildId).ConfigureAwait(false);
            context.Cache.Builds[buildId] = build;
            return build;
        }
    }

    /// <summary>Returns the number of a builder's latest build; 0 if the builder has none. Locks the builder.</summary>
    public static async ValueTask<long> LatestNumber(UpdateContext context, long builderId)
    {
        if (context.Cache.BuildNumbers.TryGetValue(builderId, out long number))
            return number;

        // The lock on the builder's row serialises the assignment of build numbers.
        await BuilderTable.Lock(context, builderId).ConfigureAwait(false);
        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT coalesce(max(number), 0) FROM builds WHERE builder_id = {builderId}");
        List<long> latest = await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        return latest[0];
    }

    public static async ValueTask<Build> Insert(UpdateContext context, Build build)
    {
        long buildId = await context.Session.Insert(
            "builds",
            """
            INSERT INTO builds (id, number, builder_id, buildrequest_id, worker_id, master_id, started_at, complete, locks_duration_s, state_string)
            VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8)
            """,
            build.Number, build.BuilderId, build.BuildRequestId, build.WorkerId, build.MasterId, build.StartedAt, build.StateString)
            .ConfigureAwait(false);
        context.Cache.BuildNumbers[build.BuilderId] = build.Number;
        context.Cache.SetAllNames(buildId, new StepNames(build.BuilderId));
        build = build with { BuildId = buildId };
        if (context.Session.Dialect.HasSeveralWriters)
            context.Cache.BuildProperties[buildId] = PropertyMap.Empty;
        await Written(context, build, "new").ConfigureAwait(false);
        return build;
    }

    public static async ValueTask SetStateString(UpdateContext context, Build build)
    {
        await context.Session.Execute(
            "UPDATE builds SET state_string = $2 WHERE id = $1",
            build.BuildId, build.StateString).ConfigureAwait(false);
        await Written(context, build, "update").ConfigureAwait(false);
    }

    public static async ValueTask Finish(UpdateContext context, Build build)
    {
        await context.Session.Execute(
            "UPDATE builds SET complete = 1, complete_at = $2, results = $3 WHERE id = $1",
            build.BuildId, build.CompleteAt, build.Results).ConfigureAwait(false);
        await Written(context, build, "finished").ConfigureAwait(false);
        context.Cache.Finish(build);
    }

    public static async ValueTask SetProperty(UpdateContext context, long buildId, string name, Property property)
    {
        // The build's row is locked, so no other transaction sets a property meanwhile. ON CONFLICT can't be used, because the unique
        // constraint differs between stores.
        await context.Session.Execute("DELETE FROM build_properties WHERE build_id = $1 AND name = $2", buildId, name).ConfigureAwait(false);
        await context.Session.Execute(
            "INSERT INTO build_properties (build_id, name, value, source) VALUES ($1, $2, $3, $4)",
            buildId, name, property.Value.GetRawText(), property.Source).ConfigureAwait(false);
        PropertyMap changed = new PropertyMap { [name] = property }.Freeze();
        context.Announce(PropertyDefinition.Instance, "update", changed, buildId);
        if (!context.Session.Dialect.HasSeveralWriters)
            return;

        // This gives the build's row a new version, which tells other masters that their cached row of the build is out of date.
        await context.Session.Execute("UPDATE builds SET complete = complete WHERE id = $1", buildId).ConfigureAwait(false);
        context.Cache.Touch(buildId);
        if (context.Cache.BuildProperties.TryGetValue(buildId, out PropertyMap? properties))
            context.Cache.BuildProperties[buildId] = properties.With(changed);
    }

    private static async ValueTask Written(UpdateContext context, Build build, string eventName)
    {
        context.Cache.Write(build);
        PropertyMap? properties = context.WantsProperties
            ? await Properties(context, build.BuildId).ConfigureAwait(false)
            : null;
        context.Announce(BuildDefinition.Instance, eventName, build, build.BuildId, properties);
    }

    private static ValueTask<PropertyMap> Properties(UpdateContext context, long buildId) =>
        context.Cache.BuildProperties.TryGetValue(buildId, out PropertyMap? held)
            ? new ValueTask<PropertyMap>(held)
            : context.Get(new PropertiesOfBuild(buildId), buildId);
}
