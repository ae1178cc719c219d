using BuildData.Definitions;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Resources.BuildRequests;

/// <summary>Finds the waiting build request that should be built next.</summary>
internal static class NextRequest
{
    /// <summary>Returns a copy of builder ids in ascending order, without duplicates.</summary>
    public static EquatableList<long> Normalize(IReadOnlyCollection<long> builderIds)
    {
        ArgumentNullException.ThrowIfNull(builderIds);
        return new EquatableList<long>([.. builderIds.Distinct().Order()]);
    }

    public static void Plan(PrefetchPlan plan, EquatableList<long> builderIds)
    {
        foreach (long id in builderIds)
            plan.AddReference(ResourceTables.Builders, id);
        if (builderIds.Count > 0)
            plan.AddNeed(new NextRequestsToPrefetch(builderIds));
        plan.AddTables(ResourceTables.BuildRequests, ResourceTables.Masters);
    }

    /// <summary>Returns the next waiting request of some builders, and locks the request's row. Returns null if no request waits.</summary>
    /// <exception cref="ResourceNotFoundException">A builder does not exist.</exception>
    public static async ValueTask<BuildRequest?> FindAndLock(UpdateContext context, EquatableList<long> builderIds)
    {
        foreach (long id in builderIds)
            await context.EnsureExists(new BuilderByRef(id), new RowKey(ResourceTables.Builders.Name, id)).ConfigureAwait(false);
        if (builderIds.Count == 0)
            return null;

        BuildRequestCache cache = context.Cache.GetPart<BuildRequestCache>();
        if (cache.NextRequests.Find(builderIds) is { } prefetched)
        {
            // Earlier updates of the transaction may have taken some of the requests.
            foreach (long id in prefetched.RequestIds)
            {
                if (cache.Requests.TryGet(id, out BuildRequest? request) && request is { Claimed: false, Complete: false })
                    return request;
            }

            if (prefetched.AreAll)
                return null;
        }

        int spare = context.Session.Dialect.HasSeveralWriters ? NextRequestSql.SpareForLocked : 0;
        SqlBuilder sql = NextRequestSql.Append(context.Session.Sql(), builderIds, BuildRequestDefinition.Instance.Columns, 1, spare)
            .Append(context.Session.Dialect.LockRows(BuildRequestDefinition.Instance.Alias, skipsLocked: true));
        return await ReadOne(context.Session, sql, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Returns the next waiting request of some builders; null if no request waits. Locks no rows.</summary>
    public static ValueTask<BuildRequest?> Find(ReadSession session, EquatableList<long> builderIds, CancellationToken cancellationToken) =>
        ReadOne(session, NextRequestSql.Append(session.Sql(), builderIds, BuildRequestDefinition.Instance.Columns, 1), cancellationToken);

    private static async ValueTask<BuildRequest?> ReadOne(ReadSession session, SqlBuilder sql, CancellationToken cancellationToken)
    {
        ResourceSink<BuildRequest> sink = BuildRequestDefinition.Instance.CreateSink(PropertySelection.None);
        await session.Query(sql, sink, cancellationToken).ConfigureAwait(false);
        sink.CompleteLastResource();
        return sink.Resources.Count == 0 ? null : sink.Resources[0];
    }
}
