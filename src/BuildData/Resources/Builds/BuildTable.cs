using BuildData.Resources.Builders;
using BuildData.Resources.Properties;
using BuildData.Resources.Steps;
using BuildData.Stores;
using BuildData.Updating;

namespace BuildData.Resources.Builds;

/// <summary>Reads and writes builds within an update.</summary>
internal static class BuildTable
{
    /// <summary>Returns a build, and locks the build's row.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such build.</exception>
    public static async ValueTask<Build> GetForUpdate(UpdateContext context, long buildId) =>
        (await GetCached(context, buildId).ConfigureAwait(false)).Build;

    /// <summary>Returns a build from the cache. If the build is not cached, first locks the build's row, reads the build and caches it.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such build.</exception>
    public static ValueTask<CachedBuild> GetCached(UpdateContext context, long buildId)
    {
        return Cache(context).Builds.TryGet(buildId, out CachedBuild? build) ? new ValueTask<CachedBuild>(build) : Read(context, buildId);

        static async ValueTask<CachedBuild> Read(UpdateContext context, long buildId) =>
            Cache(context).Add(await context.GetForUpdate(new BuildByRef(buildId), buildId).ConfigureAwait(false));
    }

    /// <summary>Locks a builder, and returns the number of its latest build. Returns 0 if the builder has no builds.</summary>
    public static async ValueTask<long> GetLatestNumber(UpdateContext context, long builderId)
    {
        if (Cache(context).LatestNumbers.TryGet(builderId, out long number))
            return number;

        // The lock on the builder's row serialises the assignment of build numbers.
        await BuilderTable.Lock(context, builderId).ConfigureAwait(false);
        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT coalesce(max(number), 0) FROM builds WHERE builder_id = {builderId}");
        List<long> latest = await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        return latest[0];
    }

    /// <summary>Adds a build of a request to the request's builder, and announces the event <c>new</c>.</summary>
    public static async ValueTask<Build> AddForRequest(UpdateContext context, BuildRequest request, long? workerId, DateTimeOffset? startedAt)
    {
        var build = new Build
        {
            Number = await GetLatestNumber(context, request.BuilderId).ConfigureAwait(false) + 1,
            BuilderId = request.BuilderId,
            BuilderName = await BuildNames.OfBuilder(context, request.BuilderId).ConfigureAwait(false),
            BuildRequestId = request.BuildRequestId,
            BuildsetId = request.BuildsetId,
            WorkerId = workerId,
            WorkerName = workerId is { } worker ? await BuildNames.OfWorker(context, worker).ConfigureAwait(false) : null,
            MasterId = context.MasterId,
            StartedAt = startedAt ?? context.Now,
            StateString = "created",
            CancelRequestedAt = request.CancelRequestedAt,
            CancelReason = request.CancelReason,
        };
        return await Insert(context, build).ConfigureAwait(false);
    }

    /// <summary>Locks the incomplete builds of a request, and returns them.</summary>
    public static async ValueTask<List<Build>> GetIncompleteForUpdate(UpdateContext context, long buildRequestId)
    {
        var builds = new List<Build>();
        foreach (long id in await FindIncompleteIds(context, buildRequestId).ConfigureAwait(false))
        {
            Build build = await GetForUpdate(context, id).ConfigureAwait(false);
            if (!build.Complete)
                builds.Add(build);
        }

        return builds;
    }

    /// <summary>Returns the ids of the incomplete builds of a request. Locks no rows.</summary>
    public static ValueTask<List<long>> FindIncompleteIds(UpdateContext context, long buildRequestId)
    {
        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT id FROM builds WHERE buildrequest_id = {buildRequestId} AND complete = 0 ORDER BY id");
        return context.Session.Rows<long>(sql, CancellationToken.None);
    }

    /// <summary>Records that the cancellation of a build was requested, and announces the event <c>cancel</c>.</summary>
    public static async ValueTask RequestCancellation(UpdateContext context, Build build, string reason)
    {
        build = build with { CancelRequestedAt = context.NowButNotBefore(build.StartedAt), CancelReason = reason };
        await context.Session.Execute(
            "UPDATE builds SET cancel_requested_at = $2, cancel_reason = $3 WHERE id = $1",
            build.BuildId, build.CancelRequestedAt, build.CancelReason).ConfigureAwait(false);
        await CacheAndAnnounce(context, build, "cancel").ConfigureAwait(false);
    }

    private static async ValueTask<Build> Insert(UpdateContext context, Build build)
    {
        long buildId = await context.Session.Insert(
            "builds",
            """
            INSERT INTO builds (
                id, number, builder_id, buildrequest_id, buildset_id, worker_id, master_id, started_at, complete, locks_duration_s, state_string,
                cancel_requested_at, cancel_reason)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9, $10, $11)
            """,
            build.Number, build.BuilderId, build.BuildRequestId, build.BuildsetId, build.WorkerId, build.MasterId, build.StartedAt, build.StateString,
            build.CancelRequestedAt, build.CancelReason)
            .ConfigureAwait(false);
        Cache(context).LatestNumbers[build.BuilderId] = build.Number;
        build = build with { BuildId = buildId };
        await BuildTerms.Insert(context, build).ConfigureAwait(false);
        CachedBuild cached = Cache(context).SetWritten(build);
        Cache(context).SetStepNames(cached, new StepNameCache(build.BuilderId));
        cached.Properties = PropertyMap.Empty;
        await CacheAndAnnounce(context, build, "new").ConfigureAwait(false);
        return build;
    }

    public static async ValueTask SetStateString(UpdateContext context, Build build)
    {
        await context.Session.Execute(
            "UPDATE builds SET state_string = $2 WHERE id = $1",
            build.BuildId, build.StateString).ConfigureAwait(false);
        await CacheAndAnnounce(context, build, "update").ConfigureAwait(false);
    }

    public static async ValueTask SetLocksDuration(UpdateContext context, Build build)
    {
        await context.Session.Execute(
            "UPDATE builds SET locks_duration_s = $2 WHERE id = $1",
            build.BuildId, build.LocksDurationSeconds).ConfigureAwait(false);
        await CacheAndAnnounce(context, build, "update").ConfigureAwait(false);
        if (build.Complete)
            Cache(context).EvictFinished(await GetCached(context, build.BuildId).ConfigureAwait(false));
    }

    public static async ValueTask Finish(UpdateContext context, Build build)
    {
        await context.Session.Execute(
            "UPDATE builds SET complete = 1, complete_at = $2, results = $3 WHERE id = $1",
            build.BuildId, build.CompleteAt, build.Results).ConfigureAwait(false);
        await CacheAndAnnounce(context, build, "finished").ConfigureAwait(false);
        Cache(context).EvictFinished(await GetCached(context, build.BuildId).ConfigureAwait(false));
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

        // The new version of the row tells other masters that the build in their caches is out of date.
        await context.ChangeVersion("UPDATE builds SET complete = complete WHERE id = $1", buildId).ConfigureAwait(false);
        CachedBuild cached = await GetCached(context, buildId).ConfigureAwait(false);
        cached.Properties = cached.Properties?.With(changed);
        Cache(context).SetWritten(cached.Build);
    }

    /// <summary>Caches a build that the update has written, and announces an event with the given name.</summary>
    private static async ValueTask CacheAndAnnounce(UpdateContext context, Build build, string eventName)
    {
        CachedBuild cached = Cache(context).SetWritten(build);
        PropertyMap? properties = context.WantsProperties
            ? cached.Properties ?? await context.Get(new PropertiesOfBuild(build.BuildId), build.BuildId).ConfigureAwait(false)
            : null;
        context.Announce(BuildDefinition.Instance, eventName, build, build.BuildId, properties);
    }

    private static BuildCache Cache(UpdateContext context) => context.Cache.GetPart<BuildCache>();
}
