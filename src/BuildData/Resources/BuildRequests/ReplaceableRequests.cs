using BuildData.Definitions;
using BuildData.Resources.Builders;
using BuildData.Resources.Buildsets;
using BuildData.Resources.SourceStamps;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Resources.BuildRequests;

/// <summary>
/// Holds the waiting build requests that the requests of one new buildset replace. A waiting request is neither claimed nor complete. A
/// new request replaces the waiting requests with the same builder and the same <see cref="CollapseKey"/>.
/// </summary>
internal sealed class ReplaceableRequests
{
    private readonly Dictionary<long, List<BuildRequest>> _byBuilder = [];

    /// <summary>
    /// Finds and locks the waiting requests that new requests will replace. Call this method before you insert the new requests. Otherwise
    /// the method would find the new requests as well.
    /// </summary>
    public static async ValueTask<ReplaceableRequests> FindAndLock(UpdateContext context, IEnumerable<long> builderIds, IEnumerable<SourceStamp> stamps, string? collapseKey)
    {
        var found = new ReplaceableRequests();
        if (collapseKey is null)
            return found;

        SourceStampCache cachedStamps = context.Cache.GetPart<SourceStampCache>();
        bool hasNewStamp = stamps.Any(stamp => cachedStamps.AddedIds.Contains(stamp.SourceStampId));
        BuildRequestCache cache = context.Cache.GetPart<BuildRequestCache>();
        foreach (long builderId in builderIds.Order())
        {
            // A source stamp that this transaction has added can't belong to an older request.
            if (hasNewStamp && !cache.WaitingRequestIds.Contains((builderId, collapseKey)))
                cache.WaitingRequestIds[(builderId, collapseKey)] = [];

            // The lock orders concurrent transactions: the transaction that locks the builder first adds the older request.
            await BuilderTable.Lock(context, builderId).ConfigureAwait(false);
            found._byBuilder.Add(builderId, await LockWaitingRequests(context, builderId, collapseKey).ConfigureAwait(false));
        }

        return found;
    }

    /// <summary>Appends the SELECT of the waiting requests that have the given builder and the given collapse key.</summary>
    public static SqlBuilder AppendSelectOfWaitingRequests(SqlBuilder sql, long builderId, string collapseKey)
    {
        sql.Append("SELECT ").Append(BuildRequestDefinition.Instance.Columns).Append(" FROM ").Append(BuildRequestDefinition.Instance.Table);
        sql.Condition().Append($"request.builder_id = {builderId} AND request.collapse_key = {collapseKey} AND request.claimed_by IS NULL AND request.complete = 0");
        return sql.Append(" ORDER BY request.id");
    }

    /// <summary>
    /// Returns the priority that the new request of a builder gets. With <see cref="CollapsePolicy.WhenSame"/>, the new request gets
    /// the highest priority of itself and the requests that it replaces.
    /// </summary>
    /// <param name="policy">The policy with which the collapse key was computed.</param>
    /// <param name="builderId">The id of the builder.</param>
    /// <param name="requestedPriority">The priority that the caller of <see cref="Updates.AddBuildset"/> passed.</param>
    public long GetPriorityOfNewRequest(CollapsePolicy policy, long builderId, long requestedPriority) =>
        policy == CollapsePolicy.WhenSame && _byBuilder.TryGetValue(builderId, out List<BuildRequest>? older)
            ? older.Aggregate(requestedPriority, (highest, request) => Math.Max(highest, request.Priority))
            : requestedPriority;

    /// <summary>
    /// Completes the requests that this object holds, with the result Skipped, because the new requests replace them. Then completes
    /// each buildset whose requests are now all complete.
    /// </summary>
    public async ValueTask CompleteAsReplacedBy(UpdateContext context, IEnumerable<BuildRequest> newRequests)
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

    private static async ValueTask<List<BuildRequest>> LockWaitingRequests(UpdateContext context, long builderId, string collapseKey)
    {
        BuildRequestCache cache = context.Cache.GetPart<BuildRequestCache>();
        if (cache.WaitingRequestIds.TryGet((builderId, collapseKey), out List<long>? ids))
            return [.. ids.Select(id => cache.Requests.TryGet(id, out BuildRequest? request) ? request : null).OfType<BuildRequest>().Where(request => !request.Claimed && !request.Complete)];

        ResourceSink<BuildRequest> sink = BuildRequestDefinition.Instance.CreateSink(PropertySelection.None);
        SqlBuilder sql = AppendSelectOfWaitingRequests(context.Session.Sql(), builderId, collapseKey).Append(context.Session.Dialect.LockRows(BuildRequestDefinition.Instance.Alias));
        await context.Session.Query(sql, sink, CancellationToken.None).ConfigureAwait(false);
        sink.CompleteLastResource();
        return sink.Resources;
    }
}
