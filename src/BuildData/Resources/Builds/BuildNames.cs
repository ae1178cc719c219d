using BuildData.Stores;

namespace BuildData.Resources.Builds;

/// <summary>Provides the names of the builder and the worker of a new build.</summary>
internal static class BuildNames
{
    /// <summary>Returns the name of a builder. The transaction must have locked the builder's row.</summary>
    public static async ValueTask<string> OfBuilder(UpdateContext context, long builderId)
    {
        BuildCache cache = context.Cache.GetPart<BuildCache>();
        if (cache.BuilderNames.TryGet(builderId, out string? name))
            return name;

        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT name FROM builders WHERE id = {builderId}");
        name = (await context.Session.Rows<string>(sql, CancellationToken.None).ConfigureAwait(false))[0];
        cache.BuilderNames[builderId] = name;
        return name;
    }

    /// <summary>Returns the name of a worker.</summary>
    public static async ValueTask<string> OfWorker(UpdateContext context, long workerId)
    {
        BuildCache cache = context.Cache.GetPart<BuildCache>();
        if (cache.WorkerNames.TryGet(workerId, out string? name))
            return name;

        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT name FROM workers WHERE id = {workerId}");
        name = (await context.Session.Rows<string>(sql, CancellationToken.None).ConfigureAwait(false))[0];
        cache.WorkerNames[workerId] = name;
        return name;
    }

    /// <summary>
    /// Removes the name of a renamed builder, and the incomplete builds with the old name, from the caches of this and of all other masters.
    /// </summary>
    public static async ValueTask Forget(UpdateContext context, long builderId)
    {
        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT id FROM builds WHERE builder_id = {builderId} AND complete = 0 ORDER BY id");
        List<long> ids = await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        BuildCache cache = context.Cache.GetPart<BuildCache>();
        cache.BuilderNames.Remove(builderId);
        foreach (long id in ids)
        {
            cache.Remove(id);

            // The new version of the row tells other masters that the build in their caches is out of date.
            await context.ChangeVersion("UPDATE builds SET complete = complete WHERE id = $1", id).ConfigureAwait(false);
        }
    }
}
