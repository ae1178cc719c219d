using BuildData.Definitions;
using BuildData.Resources.Builders;
using BuildData.Resources.Buildsets;
using BuildData.Resources.SourceStamps;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Resources.BuildRequests;

/// <summary>
/// Holds the waiting build requests that a new buildset's requests replace. They have the same builder and the same
/// <see cref="CollapseKey"/>, and are neither claimed nor complete.
/// </summary>
internal sealed class CollapsedRequests
{
    private readonly Dictionary<long, List<BuildRequest>> _byBuilder = [];

    /// <summary>Finds and locks the requests to replace. Must be called before the new requests are added.</summary>
    public static async ValueTask<CollapsedRequests> GetForUpdate(UpdateContext context, IEnumerable<long> builderIds, IEnumerable<SourceStamp> stamps, string? key)
    {
        var found = new CollapsedRequests();
        if (key is null)
            return found;

        SourceStampCache cachedStamps = context.Cache.Get<SourceStampCache>();
        bool isNew = stamps.Any(stamp => cachedStamps.New.Contains(stamp.SourceStampId));
        BuildRequestCache cache = context.Cache.Get<BuildRequestCache>();
        foreach (long builderId in builderIds.Order())
        {
            // A source stamp that this transaction has added can't belong to an older request.
            if (isNew && !cache.Waiting.Contains((builderId, key)))
                cache.Waiting[(builderId, key)] = [];

            // The lock orders requests that are added concurrently: the transaction that locks the builder first adds the older request.
            await BuilderTable.Lock(context, builderId).ConfigureAwait(false);
            found._byBuilder.Add(builderId, await Waiting(context, builderId, key).ConfigureAwait(false));
        }

        return found;
    }

    public static SqlBuilder Lookup(SqlBuilder sql, long builderId, string key)
    {
        sql.Append("SELECT ").Append(BuildRequestDefinition.Instance.Columns).Append(" FROM ").Append(BuildRequestDefinition.Instance.Table);
        sql.Condition().Append($"r.builder_id = {builderId} AND r.collapse_key = {key} AND r.claimed_by IS NULL AND r.complete = 0");
        return sql.Append(" ORDER BY r.id");
    }

    /// <summary>Returns the priority of a builder's new request.</summary>
    /// <param name="policy">The policy that the key was computed with.</param>
    /// <param name="builderId">The builder.</param>
    /// <param name="given">The priority that the caller passed.</param>
    public long Priority(CollapsePolicy policy, long builderId, long given) =>
        policy == CollapsePolicy.WhenSame && _byBuilder.TryGetValue(builderId, out List<BuildRequest>? older)
            ? older.Aggregate(given, (highest, request) => Math.Max(highest, request.Priority))
            : given;

    /// <summary>Completes the requests as skipped, and completes those of their buildsets that have no other incomplete request.</summary>
    public async ValueTask ReplaceBy(UpdateContext context, IEnumerable<BuildRequest> newRequests)
    {
        var buildsets = new SortedSet<long>();
        foreach (BuildRequest newer in newRequests.OrderBy(request => request.BuilderId))
        {
            foreach (BuildRequest older in _byBuilder.GetValueOrDefault(newer.BuilderId) ?? [])
            {
                await BuildRequestTable.Skip(context, older, replacedBy: newer.BuildRequestId).ConfigureAwait(false);
                buildsets.Add(older.BuildsetId);
            }
        }

        foreach (long buildsetId in buildsets)
            await BuildsetTable.CompleteIfDone(context, buildsetId).ConfigureAwait(false);
    }

    private static async ValueTask<List<BuildRequest>> Waiting(UpdateContext context, long builderId, string key)
    {
        BuildRequestCache cache = context.Cache.Get<BuildRequestCache>();
        if (cache.Waiting.TryGet((builderId, key), out List<long>? ids))
            return [.. ids.Select(id => cache.Requests.TryGet(id, out BuildRequest? request) ? request : null).OfType<BuildRequest>().Where(request => !request.Claimed && !request.Complete)];

        ResourceSink<BuildRequest> sink = BuildRequestDefinition.Instance.CreateSink(PropertySelection.None);
        SqlBuilder sql = Lookup(context.Session.Sql(), builderId, key).Append(context.Session.Dialect.LockRows(BuildRequestDefinition.Instance.Alias));
        await context.Session.Query(sql, sink, CancellationToken.None).ConfigureAwait(false);
        sink.Complete();
        return sink.Resources;
    }
}
