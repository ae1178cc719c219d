using BuildData.Resources.BuildRequests;
using BuildData.Resources.Builds;
using BuildData.Resources.Buildsets;
using BuildData.Resources.Logs;
using BuildData.Resources.Steps;
using BuildData.Stores;
using BuildData.Updating;
using BuildData.Values;

namespace BuildData.Resources.Masters;

/// <summary>
/// Ends the builds, the steps, the logs and the claims that a stopped or killed master has left open. <see cref="Updates.RecoverInterrupted"/> and
/// <see cref="Housekeeping"/> use this class.
/// </summary>
internal static class InterruptedWork
{
    /// <summary>
    /// Finishes steps and builds of a master, and releases the master's claims on build requests. If the cancellation of a build request
    /// was requested, completes the build request as Cancelled instead. Skips steps, builds and claims that have ended since
    /// <paramref name="open"/> was read.
    /// </summary>
    /// <param name="context">The context of the update. The update must run in a transaction without other updates.</param>
    /// <param name="masterId">The id of the master.</param>
    /// <param name="open">The steps, builds and claims to end.</param>
    /// <param name="results">
    /// The result of the steps and builds. If the cancellation of a build was requested, the result is Cancelled instead.
    /// </param>
    public static async ValueTask<RecoveredWork> End(UpdateContext context, long masterId, OpenWork open, BuildResult results)
    {
        // The order of the locks is that of ResourceTables: buildsets, build requests, builds, steps, logs.
        List<BuildRequest> requests = await LockRequests(context, masterId, open.Claims).ConfigureAwait(false);
        var builds = new Dictionary<long, Build>();
        foreach (long id in open.BuildIds.Concat(open.Steps.Select(step => step.BuildId)).Distinct().Order())
            builds.Add(id, await BuildTable.GetForUpdate(context, id).ConfigureAwait(false));

        var finishedSteps = new List<long>();
        foreach (OpenStep left in open.Steps)
        {
            Step step = await StepTable.GetForUpdate(context, left.StepId).ConfigureAwait(false);
            if (step.Complete)
                continue;

            await LogTable.FinishLogsOf(context, step.StepId).ConfigureAwait(false);
            await StepTable.Finish(context, step with
            {
                Complete = true,
                CompleteAt = await StepTable.GetEndTime(context, step).ConfigureAwait(false),
                Results = ResultOf(builds[step.BuildId], results),
            }).ConfigureAwait(false);
            finishedSteps.Add(step.StepId);
        }

        var finishedBuilds = new List<long>();
        foreach (Build build in builds.Values.Where(build => !build.Complete))
        {
            await BuildTable.Finish(context, build with
            {
                Complete = true,
                CompleteAt = context.NowButNotBefore(build.StartedAt),
                Results = ResultOf(build, results),
            }).ConfigureAwait(false);
            finishedBuilds.Add(build.BuildId);
        }

        var released = new List<long>();
        var cancelled = new List<long>();
        foreach (BuildRequest request in requests)
        {
            (request.CancelRequestedAt is null ? released : cancelled).Add(request.BuildRequestId);
            await BuildRequestTable.ReleaseOrCancel(context, request).ConfigureAwait(false);
        }

        return new RecoveredWork(finishedBuilds, finishedSteps, released, cancelled);
    }

    private static BuildResult ResultOf(Build build, BuildResult results) =>
        build is { Complete: false, CancelRequestedAt: not null } ? BuildResult.Cancelled : results;

    /// <summary>Locks the buildsets that may become complete, and then the requests whose claims still exist.</summary>
    private static async ValueTask<List<BuildRequest>> LockRequests(UpdateContext context, long masterId, IReadOnlyList<OpenClaim> claims)
    {
        foreach (long buildset in claims.Select(claim => claim.BuildsetId).Distinct().Order())
            await BuildsetTable.Lock(context, buildset).ConfigureAwait(false);

        var requests = new List<BuildRequest>();
        foreach (OpenClaim claim in claims)
        {
            BuildRequest request = await BuildRequestTable.GetForUpdate(context, claim.BuildRequestId).ConfigureAwait(false);
            if (!request.Complete && request.ClaimedByMasterId == masterId && request.ClaimedAt == Timestamp.FromMicroseconds(claim.ClaimedAt))
                requests.Add(request);
        }

        return requests;
    }
}
