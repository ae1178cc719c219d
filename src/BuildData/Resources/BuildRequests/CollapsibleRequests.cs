using BuildData.Definitions;
using BuildData.Resources.Builders;
using BuildData.Resources.Buildsets;
using BuildData.Resources.SourceStamps;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Resources.BuildRequests;

/// <summary>
/// Holds the waiting build requests that the requests of one new buildset replace. A new request replaces the requests that have the same
/// builder and the same <see cref="CollapseKey"/>, and are neither claimed nor complete.
/// </summary>
internal sealed class CollapsibleRequests
{
    private readonly Dictionary<long, List<BuildRequest>> _byBuilder = [];

    /// <summary>
    /// Finds and locks the requests to replace. Must be called before the new requests are added. Otherwise the new requests would be found
    /// too.
    /// </summary>
    public static async ValueTask<CollapsibleRequests> GetForUpdate(UpdateContext context, IEnumerable<long> builderIds, IEnumerable<SourceStamp> stamps, string? collapseKey)
    {
        var found = new CollapsibleRequests();
        if (collapseKey is null)
            return found;

        SourceStampCache cachedStamps = context.Cache.GetPart<SourceStampCache>();
        bool hasNewStamp = stamps.Any(stamp => cachedStamps.AddedIds.Contains(stamp.SourceStampId));
        BuildRequestCache cache = context.Cache.GetPart<BuildRequestCache>();
        foreach (long builderId in builderIds.Order())
        {
            // A source stamp that this transaction has added can't belong to an older request.
            if (hasNewStamp && !cache.WaitingIds.Contains((builderId, collapseKey)))
                cache.WaitingIds[(builderId, collapseKey)] = [];

            // The lock orders requests that are added concurrently: the transaction that locks the builder first adds the older request.
            await BuilderTable.Lock(context, builderId).ConfigureAwait(false);
            found._byBuilder.Add(builderId, await LockWaiting(context, builderId, collapseKey).ConfigureAwait(false));
        }

        return found;
    }

    /// <summary>Appends the SELECT of the waiting requests with a builder and a collapse key.</summary>
    public static SqlBuilder AppendSelect(SqlBuilder sql, long builderId, string collapseKey)
    {
        sql.Append("SELECT ").Append(BuildRequestDefinition.Instance.Columns).Append(" FROM ").Append(BuildRequestDefinition.Instance.Table);
        sql.Condition().Append($"request.builder_id = {builderId} AND request.collapse_key = {collapseKey} AND request.claimed_by IS NULL AND request.complete = 0");
        return sql.Append(" ORDER BY request.id");
    }

    /// <summary>Returns the priority of the new request for a builder. It may be the priority of a request to replace.</summary>
    /// <param name="policy">The policy with which the collapse key was computed.</param>
    /// <param name="builderId">The builder.</param>
    /// <param name="requestedPriority">The priority that the caller of <see cref="Updates.AddBuildset"/> passed.</param>
    public long PriorityFor(CollapsePolicy policy, long builderId, long requestedPriority) =>
        policy == CollapsePolicy.WhenSame && _byBuilder.TryGetValue(builderId, out List<BuildRequest>? older)
            ? older.Aggregate(requestedPriority, (highest, request) => Math.Max(highest, request.Priority))
            : requestedPriority;

    /// <summary>Completes the held requests as Skipped. Then completes each of their buildsets that has no incomplete request left.</summary>
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

    private static async ValueTask<List<BuildRequest>> LockWaiting(UpdateContext context, long builderId, string collapseKey)
    {
        BuildRequestCache cache = context.Cache.GetPart<BuildRequestCache>();
        if (cache.WaitingIds.TryGet((builderId, collapseKey), out List<long>? ids))
            return [.. ids.Select(id => cache.Requests.TryGet(id, out BuildRequest? request) ? request : null).OfType<BuildRequest>().Where(request => !request.Claimed && !request.Complete)];

        ResourceSink<BuildRequest> sink = BuildRequestDefinition.Instance.CreateSink(PropertySelection.None);
        SqlBuilder sql = AppendSelect(context.Session.Sql(), builderId, collapseKey).Append(context.Session.Dialect.LockRows(BuildRequestDefinition.Instance.Alias));
        await context.Session.Query(sql, sink, CancellationToken.None).ConfigureAwait(false);
        sink.Complete();
        return sink.Resources;
    }
}
