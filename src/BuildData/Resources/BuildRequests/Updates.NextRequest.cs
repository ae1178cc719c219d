using BuildData.Resources;
using BuildData.Resources.BuildRequests;
using BuildData.Resources.Builds;
using BuildData.Resources.Workers;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>
    /// Claims the waiting build request that should be built next: the request with the highest priority. If several requests have this
    /// priority, claims the oldest of them. A waiting request is neither claimed nor complete. Announces the event <c>claimed</c>.
    /// </summary>
    /// <remarks>
    /// Any number of callers on any number of masters may call this method at the same time. No request is claimed twice. While one caller
    /// is claiming a request, another caller can already claim the request after it.
    /// </remarks>
    /// <param name="builderIds">The ids of the builders for which the caller can build.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <returns>
    /// The claimed request; null if no request of these builders waits. To wait for a request, call
    /// <see cref="DataApi.WaitForNext(long?, IReadOnlyCollection{long}, CancellationToken)"/>.
    /// </returns>
    /// <exception cref="ResourceNotFoundException">A builder does not exist.</exception>
    public Task<BuildRequest?> ClaimNext(IReadOnlyCollection<long> builderIds, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, builderIds) =>
                await NextRequest.FindAndLock(context, builderIds).ConfigureAwait(false) is { } next
                    ? await BuildRequestTable.Claim(context, next, claimedAt: null).ConfigureAwait(false)
                    : null,
            NextRequest.Normalize(builderIds),
            cancellationToken,
            NextRequest.Plan);

    /// <summary>
    /// Claims the waiting build request that should be built next, and adds a build for the request, in one change. Announces the event
    /// <c>claimed</c> of the request and the event <c>new</c> of the build.
    /// </summary>
    /// <remarks>
    /// <para>If the process is killed, the store has either both the claim and the build, or neither. If you call <see cref="ClaimNext"/>
    /// and then <see cref="AddBuild"/>, and the process is killed between the two calls, the store has a claim without a build.</para>
    /// <para>A worker that is paused, or that shuts down gracefully, gets no build.</para>
    /// </remarks>
    /// <param name="workerId">The id of the worker that will run the build; null if the build has no worker.</param>
    /// <param name="builderIds">The ids of the builders for which the worker can build.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <returns>
    /// The build and its request. Null if no request of these builders waits, or if the worker is paused or shuts down gracefully. To wait
    /// until this changes, call <see cref="DataApi.WaitForNext(long?, IReadOnlyCollection{long}, CancellationToken)"/>.
    /// </returns>
    /// <exception cref="ResourceNotFoundException">The worker or a builder does not exist.</exception>
    public Task<StartedBuild?> StartNext(long? workerId, IReadOnlyCollection<long> builderIds, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, args) =>
            {
                if (args.workerId is { } worker && !await WorkerAvailability.CanStartBuilds(context, worker).ConfigureAwait(false))
                    return null;
                if (await NextRequest.FindAndLock(context, args.builders).ConfigureAwait(false) is not { } next)
                    return null;

                BuildRequest request = await BuildRequestTable.Claim(context, next, claimedAt: null).ConfigureAwait(false);
                Build build = await BuildTable.AddForRequest(context, request, args.workerId, startedAt: null).ConfigureAwait(false);
                return new StartedBuild(build.BuildId, build.Number, request);
            },
            (workerId, builders: NextRequest.Normalize(builderIds)),
            cancellationToken,
            static (plan, args) =>
            {
                NextRequest.Plan(plan, args.builders);

                // Which builder the next request belongs to is not known yet, and build numbers need the lock of the builder.
                foreach (long id in args.builders)
                {
                    plan.AddRowToLock(ResourceTables.Builders, id);
                    plan.AddNeed(new LatestBuildNumberToPrefetch(id));
                }

                if (args.workerId is { } worker)
                {
                    plan.AddReference(ResourceTables.Workers, worker);
                    plan.AddNeed(new WorkerAvailabilityToPrefetch(worker));
                    plan.AddNeed(new WorkerNameToPrefetch(worker));
                }

                plan.AddNewIds(ResourceTables.Builds);
                plan.AddTables(ResourceTables.Workers);
            });
}
