using BuildData.Resources.BuildRequests;
using BuildData.Resources.Buildsets;
using BuildData.Updating;
using BuildData.Values;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>
    /// Claims build requests for this master: all of them or, if any is complete or claimed already, none. Announced as
    /// <c>claimed</c> for each.
    /// </summary>
    /// <param name="buildRequestIds">The build requests.</param>
    /// <param name="claimedAt">When they were claimed; now, if not given.</param>
    /// <param name="cancellationToken">Cancels the update until it is taken up.</param>
    /// <returns>
    /// Whether this call claimed them; converts to <see cref="bool"/>. If it did not, the result names the first of the build
    /// requests that is complete or claimed, and the reason.
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
                    if (BuildRequestRules.AgainstClaiming(request, context.MasterId) is { } reason)
                        return new BuildRequestsResult(request.BuildRequestId, reason);
                }

                foreach (BuildRequest request in requests)
                    await BuildRequestTable.Claim(context, request, args.claimedAt).ConfigureAwait(false);
                return BuildRequestsResult.Success;
            },
            (ids: ArgumentChecks.Ids(buildRequestIds, nameof(buildRequestIds)), claimedAt: Timestamp.Stored(claimedAt)),
            cancellationToken,
            static (plan, args) => plan.Requests(args.ids));

    /// <summary>
    /// Releases this master's claims on build requests. Those that are complete, not claimed, or claimed by another master are left
    /// as they are. Announced as <c>unclaimed</c> for each request that is released.
    /// </summary>
    /// <param name="buildRequestIds">The build requests.</param>
    /// <param name="cancellationToken">Cancels the update until it is taken up.</param>
    /// <exception cref="ResourceNotFoundException">There is no such build request.</exception>
    public Task UnclaimBuildRequests(IReadOnlyCollection<long> buildRequestIds, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, ids) =>
            {
                var requests = new BuildRequest[ids.Length];
                for (int i = 0; i < requests.Length; i++)
                    requests[i] = await BuildRequestTable.GetForUpdate(context, ids[i]).ConfigureAwait(false);

                foreach (BuildRequest request in requests.Where(request => !request.Complete && request.ClaimedByMasterId == context.MasterId))
                    await BuildRequestTable.Unclaim(context, request).ConfigureAwait(false);
                return default(NoResult);
            },
            ArgumentChecks.Ids(buildRequestIds, nameof(buildRequestIds)),
            cancellationToken,
            static (plan, ids) => plan.Requests(ids));

    /// <summary>
    /// Completes build requests: all of them or, if any is unknown, complete already, or claimed by another master, none. Announced
    /// as <c>complete</c> for each. A buildset all of whose requests are complete by this becomes complete in the same change.
    /// </summary>
    /// <param name="buildRequestIds">The build requests.</param>
    /// <param name="results">How they ended. Not <see cref="BuildResult.Retry"/>: what is to be tried again is not complete.</param>
    /// <param name="completeAt">When they were completed; now, if not given.</param>
    /// <param name="force">Whether to complete also those that another master has claimed.</param>
    /// <param name="cancellationToken">Cancels the update until it is taken up.</param>
    /// <returns>
    /// Whether this call completed them; converts to <see cref="bool"/>. If it did not, the result names the first of the build
    /// requests that does not exist, is complete, or is claimed by another master, and the reason.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="results"/> is Retry or no result code.</exception>
    public Task<BuildRequestsResult> CompleteBuildRequests(
        IReadOnlyCollection<long> buildRequestIds,
        BuildResult results,
        DateTimeOffset? completeAt = null,
        bool force = false,
        CancellationToken cancellationToken = default)
    {
        ArgumentChecks.Result(results, nameof(results));
        if (results == BuildResult.Retry)
            throw new ArgumentException("A build request that is to be tried again (Retry) is not complete; unclaim it instead.", nameof(results));

        return Write(
            static async (context, args) =>
            {
                var requests = new BuildRequest[args.ids.Length];
                for (int i = 0; i < requests.Length; i++)
                {
                    BuildRequest? request = await BuildRequestTable.TryGetForUpdate(context, args.ids[i]).ConfigureAwait(false);
                    if (BuildRequestRules.AgainstCompleting(request, context.MasterId, args.force) is { } reason)
                        return new BuildRequestsResult(args.ids[i], reason);
                    requests[i] = request!;
                }

                foreach (BuildRequest request in requests)
                    await BuildRequestTable.Complete(context, request, args.results, args.completeAt).ConfigureAwait(false);
                foreach (long buildsetId in requests.Select(request => request.BuildsetId).Distinct())
                    await BuildsetTable.CompleteIfDone(context, buildsetId).ConfigureAwait(false);
                return BuildRequestsResult.Success;
            },
            (ids: ArgumentChecks.Ids(buildRequestIds, nameof(buildRequestIds)), results, completeAt: Timestamp.Stored(completeAt), force),
            cancellationToken,
            static (plan, args) => plan.Requests(args.ids, completes: true));
    }
}
