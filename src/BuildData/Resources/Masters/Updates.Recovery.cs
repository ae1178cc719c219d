using BuildData.Resources;
using BuildData.Resources.Masters;
using BuildData.Stores;
using BuildData.Updating;

namespace BuildData;

public sealed partial class Updates
{
    private OpenWork _workOfEarlierProcess = OpenWork.None;

    /// <summary>
    /// Ends everything that an earlier process with the name of this master has left open, in one change. Finishes open steps and builds.
    /// Releases claims, so that the build requests wait again. Announces the usual events.
    /// </summary>
    /// <remarks>
    /// <para>Call this method after a restart. With <see cref="BuildDataOptions.RecoverOnOpen"/>, the master calls this method each time it
    /// opens the store. By default it does not, because a host program may keep its builds running while the host program restarts.</para>
    /// <para>The method ends only work that was open when this master opened the store, never work that this process has started. A second
    /// call finds nothing to end.</para>
    /// <para>If the cancellation of a build was requested, the build finishes and its build request completes with the result
    /// <see cref="BuildResult.Cancelled"/>.</para>
    /// </remarks>
    /// <param name="results">The result of the steps and builds.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <returns>The ids of the steps, builds and build requests that the call has changed.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="results"/> is not a result code.</exception>
    public Task<RecoveredWork> RecoverInterrupted(BuildResult results = BuildResult.Retry, CancellationToken cancellationToken = default)
    {
        ArgumentChecks.Result(results, nameof(results));
        return Write(
            static (context, args) => Recover(context, args.updates._workOfEarlierProcess, args.results),
            (updates: Outermost, results),
            cancellationToken,
            static (plan, _) => PlanRecovery(plan));
    }

    /// <summary>Records the work that this master had open before this process opened the store.</summary>
    internal void SetWorkOfEarlierProcess(OpenWork work) => _workOfEarlierProcess = work;

    /// <summary>Creates the update of <see cref="RecoverInterrupted"/>, so that a master can run this update while it opens the store.</summary>
    internal static (StoreUpdate Update, Task<RecoveredWork> Completed) CreateRecovery(OpenWork work, BuildResult results)
    {
        var update = new UpdateCall<(OpenWork Work, BuildResult Results), RecoveredWork>(
            static (context, args) => Recover(context, args.Work, args.Results),
            (work, results),
            static (plan, _) => PlanRecovery(plan));
        return (update, update.Task);
    }

    private static async ValueTask<RecoveredWork> Recover(UpdateContext context, OpenWork work, BuildResult results)
    {
        OpenWork present = await OpenWork.Read(context.Session, context.MasterId, CancellationToken.None).ConfigureAwait(false);
        return await InterruptedWork.End(context, context.MasterId, work.StillOpenIn(present), results).ConfigureAwait(false);
    }

    private static void PlanRecovery(PrefetchPlan plan)
    {
        plan.AddTables(
            ResourceTables.Masters, ResourceTables.Builders, ResourceTables.Workers, ResourceTables.Buildsets,
            ResourceTables.BuildRequests, ResourceTables.Builds, ResourceTables.Steps, ResourceTables.Logs);
        plan.SetRunsAlone();
    }
}
