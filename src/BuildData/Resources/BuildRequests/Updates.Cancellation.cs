using BuildData.Resources;
using BuildData.Resources.BuildRequests;
using BuildData.Resources.Builds;
using BuildData.Resources.Buildsets;
using BuildData.Stores;
using BuildData.Updating;
using BuildData.Values;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>
    /// Cancels build requests. A waiting request completes at once with the result <see cref="BuildResult.Cancelled"/>. For a claimed
    /// request, the call only stores that the cancellation is requested. The call then announces the event <c>cancel</c> for the request
    /// and for each of its running builds.
    /// </summary>
    /// <remarks>
    /// <para>The method never ends a running build. A program that runs a build calls <see cref="DataApi.CancellationOf"/>, to learn that
    /// the cancellation is requested. The program then ends the build and completes the build request, usually as
    /// <see cref="BuildResult.Cancelled"/>. If the program instead releases its claim on the build request, the build request completes as
    /// Cancelled. The same happens if the library releases the claim of a dead master.</para>
    /// <para>The method does not change a request that is complete, or whose cancellation is already requested.</para>
    /// </remarks>
    /// <param name="buildRequestIds">The ids of the build requests.</param>
    /// <param name="reason">
    /// The reason, a text for people. The text becomes <see cref="BuildRequest.CancelReason"/> and <see cref="Build.CancelReason"/>.
    /// </param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <returns>The requests and builds that the call has changed.</returns>
    /// <exception cref="ResourceNotFoundException">One of the build requests does not exist. Then the call changes nothing.</exception>
    public Task<RequestedCancellation> CancelBuildRequests(
        IReadOnlyCollection<long> buildRequestIds, string reason = "", CancellationToken cancellationToken = default)
    {
        UnicodeText.Check(reason, nameof(reason));
        long[] ids = ArgumentChecks.DistinctIds(buildRequestIds, nameof(buildRequestIds));
        Array.Sort(ids);
        return Write(
            static async (context, args) =>
            {
                await LockBuildsets(context, args.ids).ConfigureAwait(false);
                return await Cancel(context, args.ids, args.reason).ConfigureAwait(false);
            },
            (ids, reason),
            cancellationToken,
            static (plan, _) => PlanCancellation(plan));
    }

    /// <summary>Cancels all incomplete build requests of a buildset, in the same way as <see cref="CancelBuildRequests"/>.</summary>
    /// <param name="buildsetId">The id of the buildset.</param>
    /// <param name="reason">The reason, a text for people.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <returns>The requests and builds that the call has changed.</returns>
    /// <exception cref="ResourceNotFoundException">There is no such buildset.</exception>
    public Task<RequestedCancellation> CancelBuildset(long buildsetId, string reason = "", CancellationToken cancellationToken = default)
    {
        UnicodeText.Check(reason, nameof(reason));
        return Write(
            static async (context, args) =>
            {
                await BuildsetTable.GetForUpdate(context, args.buildsetId).ConfigureAwait(false);
                SqlBuilder sql = context.Session.Sql();
                sql.Append($"SELECT id FROM buildrequests WHERE buildset_id = {args.buildsetId} AND complete = 0 ORDER BY id");
                return await Cancel(context, await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false), args.reason).ConfigureAwait(false);
            },
            (buildsetId, reason),
            cancellationToken,
            static (plan, _) => PlanCancellation(plan));
    }

    // Which buildsets and builds the requests have is known only when the update runs.
    private static void PlanCancellation(PrefetchPlan plan)
    {
        plan.AddTables(ResourceTables.Masters, ResourceTables.Builders, ResourceTables.Buildsets, ResourceTables.BuildRequests, ResourceTables.Builds);
        plan.SetRunsAlone();
    }

    /// <summary>
    /// Locks the buildsets of requests. All transactions lock buildsets before requests, because different orders could cause deadlocks.
    /// </summary>
    private static async ValueTask LockBuildsets(UpdateContext context, long[] buildRequestIds)
    {
        if (!context.Session.Dialect.HasSeveralWriters)
            return;

        var buildsets = new SortedSet<long>();
        foreach (long id in buildRequestIds)
            buildsets.Add((await context.Get(new BuildRequestById(id), id).ConfigureAwait(false)).BuildsetId);
        foreach (long id in buildsets)
            await BuildsetTable.Lock(context, id).ConfigureAwait(false);
    }

    /// <summary>Cancels requests. The caller must have locked the buildsets of these requests. The ids are in ascending order.</summary>
    private static async ValueTask<RequestedCancellation> Cancel(UpdateContext context, IReadOnlyList<long> ids, string reason)
    {
        var requests = new List<BuildRequest>();
        foreach (long id in ids)
            requests.Add(await BuildRequestTable.GetForUpdate(context, id).ConfigureAwait(false));

        BuildRequest[] waiting = [.. requests.Where(request => request is { Complete: false, Claimed: false })];
        BuildRequest[] claimed = [.. requests.Where(request => request is { Complete: false, Claimed: true, CancelRequestedAt: null })];
        foreach (BuildRequest request in waiting)
            await BuildRequestTable.CancelWaiting(context, request, reason).ConfigureAwait(false);
        foreach (long buildsetId in waiting.Select(request => request.BuildsetId).Distinct())
            await BuildsetTable.CompleteIfDone(context, buildsetId).ConfigureAwait(false);

        var builds = new List<long>();
        foreach (BuildRequest request in claimed)
        {
            await BuildRequestTable.RequestCancellation(context, request, reason).ConfigureAwait(false);
            foreach (Build build in await BuildTable.GetIncompleteForUpdate(context, request.BuildRequestId).ConfigureAwait(false))
            {
                await BuildTable.RequestCancellation(context, build, reason).ConfigureAwait(false);
                builds.Add(build.BuildId);
            }
        }

        return new RequestedCancellation(
            [.. waiting.Select(request => request.BuildRequestId)], [.. claimed.Select(request => request.BuildRequestId)], builds.AsReadOnly());
    }
}
