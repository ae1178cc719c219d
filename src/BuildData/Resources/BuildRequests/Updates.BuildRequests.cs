using BuildData.Resources;
using BuildData.Resources.BuildRequests;
using BuildData.Resources.Buildsets;
using BuildData.Stores;
using BuildData.Updating;
using BuildData.Values;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>
    /// Claims build requests for this master, and announces the event <c>claimed</c> for each request. Claims none of the requests if
    /// any of them is complete or already claimed.
    /// </summary>
    /// <param name="buildRequestIds">The ids of the build requests.</param>
    /// <param name="claimedAt">The time of the claim. Null stands for the current time.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <returns>
    /// A result that converts to <see cref="bool"/>: true if this call claimed the requests. Otherwise the result holds the id of the
    /// first request that prevented the claim, and the reason.
    /// </returns>
    /// <exception cref="ResourceNotFoundException">One of the build requests does not exist.</exception>
    public Task<BuildRequestsResult> ClaimBuildRequests(
        IReadOnlyCollection<long> buildRequestIds, DateTimeOffset? claimedAt = null, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, args) =>
            {
                var requests = new BuildRequest[args.ids.Length];
                for (int i = 0; i < requests.Length; i++)
                    requests[i] = await BuildRequestTable.GetForUpdate(context, args.ids[i]).ConfigureAwait(false);
                foreach (BuildRequest request in requests)
                {
                    if (BuildRequestRules.FindClaimRefusal(request, context.MasterId) is { } reason)
                        return new BuildRequestsResult(request.BuildRequestId, reason);
                }

                foreach (BuildRequest request in requests)
                    await BuildRequestTable.Claim(context, request, args.claimedAt).ConfigureAwait(false);
                return BuildRequestsResult.Success;
            },
            (ids: ArgumentChecks.DistinctIds(buildRequestIds, nameof(buildRequestIds)), claimedAt: Timestamp.RoundDownToMicroseconds(claimedAt)),
            cancellationToken,
            static (plan, args) => PlanRequestLocks(plan, args.ids));

    /// <summary>
    /// Releases this master's claims on build requests, and announces the event <c>unclaimed</c> for each released request. Does not change
    /// requests that are complete, not claimed, or claimed by another master. If the cancellation of a request was requested, completes the
    /// request as <see cref="BuildResult.Cancelled"/> instead.
    /// </summary>
    /// <param name="buildRequestIds">The ids of the build requests.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ResourceNotFoundException">One of the build requests does not exist.</exception>
    /// <exception cref="UpdateRefusedException">A build of one of the requests still runs (<see cref="Lifecycle.Strict"/>).</exception>
    public Task UnclaimBuildRequests(IReadOnlyCollection<long> buildRequestIds, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, ids) =>
            {
                var requests = new BuildRequest[ids.Length];
                for (int i = 0; i < requests.Length; i++)
                    requests[i] = await BuildRequestTable.GetForUpdate(context, ids[i]).ConfigureAwait(false);

                BuildRequest[] claimed = [.. requests.Where(request => !request.Complete && request.ClaimedByMasterId == context.MasterId)];
                foreach (BuildRequest request in claimed)
                    await BuildRequestRules.RequireCanUnclaim(context, request).ConfigureAwait(false);
                foreach (BuildRequest request in claimed)
                    await BuildRequestTable.ReleaseOrCancel(context, request).ConfigureAwait(false);
                return default(NoResult);
            },
            ArgumentChecks.DistinctIds(buildRequestIds, nameof(buildRequestIds)),
            cancellationToken,
            static (plan, ids) => PlanRequestCompletion(plan, ids));

    /// <summary>
    /// Completes build requests, and announces the event <c>complete</c> for each request. Completes none of the requests if any of
    /// them does not exist, is already complete, or is claimed by another master. In the same transaction, also completes each buildset
    /// whose requests are now all complete.
    /// </summary>
    /// <param name="buildRequestIds">The ids of the build requests.</param>
    /// <param name="results">
    /// The result of the requests. <see cref="BuildResult.Retry"/> is not allowed, because a request that needs another build is not
    /// complete.
    /// </param>
    /// <param name="completeAt">The time of completion. Null stands for the current time.</param>
    /// <param name="force">Whether to complete the requests even if another master has claimed them.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <returns>
    /// A result that converts to <see cref="bool"/>: true if this call completed the requests. Otherwise the result holds the id of the
    /// first request that prevented the completion, and the reason.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="results"/> is Retry or not a result code.</exception>
    /// <exception cref="UpdateRefusedException">
    /// A request is not claimed, or one of its builds still runs (<see cref="Lifecycle.Strict"/>).
    /// </exception>
    public Task<BuildRequestsResult> CompleteBuildRequests(
        IReadOnlyCollection<long> buildRequestIds,
        BuildResult results,
        DateTimeOffset? completeAt = null,
        bool force = false,
        CancellationToken cancellationToken = default)
    {
        ArgumentChecks.Result(results, nameof(results));
        if (results == BuildResult.Retry)
            throw new ArgumentException("A build request with the result Retry needs another build, so it is not complete. Unclaim the build request instead.", nameof(results));

        return Write(
            static async (context, args) =>
            {
                var requests = new BuildRequest[args.ids.Length];
                for (int i = 0; i < requests.Length; i++)
                {
                    BuildRequest? request = await BuildRequestTable.TryGetForUpdate(context, args.ids[i]).ConfigureAwait(false);
                    if (BuildRequestRules.FindCompletionRefusal(request, context.MasterId, args.force) is { } reason)
                        return new BuildRequestsResult(args.ids[i], reason);
                    requests[i] = request!;
                }

                foreach (BuildRequest request in requests)
                    await BuildRequestRules.RequireCanComplete(context, request).ConfigureAwait(false);
                foreach (BuildRequest request in requests)
                    await BuildRequestTable.Complete(context, request, args.results, args.completeAt).ConfigureAwait(false);
                foreach (long buildsetId in requests.Select(request => request.BuildsetId).Distinct())
                    await BuildsetTable.CompleteIfDone(context, buildsetId).ConfigureAwait(false);
                return BuildRequestsResult.Success;
            },
            (ids: ArgumentChecks.DistinctIds(buildRequestIds, nameof(buildRequestIds)), results, completeAt: Timestamp.RoundDownToMicroseconds(completeAt), force),
            cancellationToken,
            static (plan, args) => PlanRequestCompletion(plan, args.ids));
    }

    private static void PlanRequestCompletion(PrefetchPlan plan, long[] buildRequestIds)
    {
        PlanRequestLocks(plan, buildRequestIds);
        plan.AddNeed(ParentBuildsetsToPrefetch.OfAllLockedRequests);
        plan.AddTables(ResourceTables.Buildsets);
    }

    private static void PlanRequestLocks(PrefetchPlan plan, long[] buildRequestIds)
    {
        foreach (long id in buildRequestIds)
            plan.AddRowToLock(ResourceTables.BuildRequests, id);
        plan.AddTables(ResourceTables.Masters);
    }
}
