using BuildData.Stores;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>
    /// Takes build requests up for this master: all of them or, if any is claimed already, none. Announced as <c>claimed</c>
    /// for each.
    /// </summary>
    /// <param name="buildRequestIds">The build requests.</param>
    /// <param name="claimedAt">When they were claimed; now, if not given.</param>
    /// <param name="cancellationToken">Cancels the update until it is taken up.</param>
    /// <returns>Whether they are this call's.</returns>
    /// <exception cref="ResourceNotFoundException">There is no such build request.</exception>
    public Task<bool> ClaimBuildRequests(
        IReadOnlyCollection<long> buildRequestIds, DateTimeOffset? claimedAt = null, CancellationToken cancellationToken = default) =>
        Write(
            static async (scope, args) =>
            {
                var requests = new BuildRequest[args.ids.Length];
                for (int i = 0; i < requests.Length; i++)
                    requests[i] = await BuildRequestRows.Find(scope, args.ids[i]).ConfigureAwait(false);
                if (requests.Any(request => request.Claimed))
                    return false;

                foreach (BuildRequest request in requests)
                    await BuildRequestRows.Claim(scope, request, args.claimedAt).ConfigureAwait(false);
                return true;
            },
            (ids: Check.Ids(buildRequestIds, nameof(buildRequestIds)), claimedAt: Timestamp.Stored(claimedAt)),
            cancellationToken,
            static (needs, args) => needs.Requests(args.ids));

    /// <summary>
    /// Gives build requests back: those that this master has claimed; others are passed over. Announced as <c>unclaimed</c> for
    /// each.
    /// </summary>
    /// <param name="buildRequestIds">The build requests.</param>
    /// <param name="cancellationToken">Cancels the update until it is taken up.</param>
    /// <exception cref="ResourceNotFoundException">There is no such build request.</exception>
    public Task UnclaimBuildRequests(IReadOnlyCollection<long> buildRequestIds, CancellationToken cancellationToken = default) =>
        Write(
            static async (scope, ids) =>
            {
                var requests = new BuildRequest[ids.Length];
                for (int i = 0; i < requests.Length; i++)
                    requests[i] = await BuildRequestRows.Find(scope, ids[i]).ConfigureAwait(false);

                foreach (BuildRequest request in requests.Where(request => request.ClaimedByMasterId == scope.MasterId))
                    await BuildRequestRows.Unclaim(scope, request).ConfigureAwait(false);
                return default(Done);
            },
            Check.Ids(buildRequestIds, nameof(buildRequestIds)),
            cancellationToken,
            static (needs, ids) => needs.Requests(ids));

    /// <summary>
    /// Says that build requests have been dealt with: all of them or, if any is unknown or complete already, none. Announced as
    /// <c>complete</c> for each. A buildset all of whose requests are complete by this becomes complete in the same change.
    /// </summary>
    /// <param name="buildRequestIds">The build requests.</param>
    /// <param name="results">How they ended. Not <see cref="BuildResult.Retry"/>: what is to be tried again is not complete.</param>
    /// <param name="completeAt">When they were completed; now, if not given.</param>
    /// <param name="cancellationToken">Cancels the update until it is taken up.</param>
    /// <returns>Whether this call completed them.</returns>
    /// <exception cref="ArgumentException"><paramref name="results"/> is Retry or no result code.</exception>
    public Task<bool> CompleteBuildRequests(
        IReadOnlyCollection<long> buildRequestIds,
        BuildResult results,
        DateTimeOffset? completeAt = null,
        CancellationToken cancellationToken = default)
    {
        Check.Result(results, nameof(results));
        if (results == BuildResult.Retry)
            throw new ArgumentException("A build request that is to be tried again (Retry) is not complete; unclaim it instead.", nameof(results));

        return Write(
            static async (scope, args) =>
            {
                var requests = new BuildRequest[args.ids.Length];
                for (int i = 0; i < requests.Length; i++)
                {
                    if (await BuildRequestRows.FindOrNull(scope, args.ids[i]).ConfigureAwait(false) is not { Complete: false } request)
                        return false;
                    requests[i] = request;
                }

                foreach (BuildRequest request in requests)
                    await BuildRequestRows.Complete(scope, request, args.results, args.completeAt).ConfigureAwait(false);
                foreach (long buildsetId in requests.Select(request => request.BuildsetId).Distinct())
                    await BuildsetRows.CompleteIfDone(scope, buildsetId).ConfigureAwait(false);
                return true;
            },
            (ids: Check.Ids(buildRequestIds, nameof(buildRequestIds)), results, completeAt: Timestamp.Stored(completeAt)),
            cancellationToken,
            static (needs, args) => needs.Requests(args.ids));
    }
}
