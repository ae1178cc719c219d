using BuildData.Resources;
using BuildData.Resources.Masters;
using BuildData.Stores;
using BuildData.Updating;

namespace BuildData;

public sealed partial class Updates
{
    // The reference's time, after which a master that has sent no heartbeat is expired.
    private static readonly TimeSpan MasterExpiry = TimeSpan.FromMinutes(10);

    /// <summary>Records that a master is active now. Announces the event <c>started</c> if it was not active.</summary>
    /// <remarks>An open master is active. In a store that several masters share, its heartbeats update the time by themselves.</remarks>
    /// <param name="masterId">The id of the master. Null stands for this master.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ResourceNotFoundException">There is no such master.</exception>
    public Task MasterActive(long? masterId = null, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, masterId) =>
            {
                await MasterTable.Activate(context, await MasterTable.GetForUpdate(context, masterId).ConfigureAwait(false)).ConfigureAwait(false);
                return default(NoResult);
            },
            masterId,
            cancellationToken,
            static (plan, _) =>
            {
                plan.AddTables(ResourceTables.Masters);
                plan.SetRunsAlone();
            });

    /// <summary>
    /// Records that a master is not active, and removes what it has left. Announces the event <c>stopped</c> last, if the master was active.
    /// </summary>
    /// <remarks>
    /// <para>All of this is one change:</para>
    /// <list type="bullet">
    /// <item>No worker is configured on the master or connected to it any more (<c>disconnected</c>).</item>
    /// <item>The master's builder list becomes empty (<c>stopped</c> for each builder).</item>
    /// <item>Its incomplete steps and builds finish with the result <see cref="BuildResult.Retry"/> (<c>finished</c>).</item>
    /// <item>Its claims on incomplete build requests are released (<c>unclaimed</c>).</item>
    /// </list>
    /// </remarks>
    /// <param name="masterId">The id of the master. Null stands for this master.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ResourceNotFoundException">There is no such master.</exception>
    public Task MasterStopped(long? masterId = null, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, masterId) =>
            {
                MasterInfo master = await MasterTable.GetForUpdate(context, masterId).ConfigureAwait(false);
                await Housekeeping.Run(context, master.MasterId).ConfigureAwait(false);
                await MasterTable.Deactivate(context, master).ConfigureAwait(false);
                return default(NoResult);
            },
            masterId,
            cancellationToken,
            static (plan, _) => PlanHousekeeping(plan));

    /// <summary>
    /// Stops every active master that was last active more than 10 minutes ago, this master included. Does for each of them what
    /// <see cref="MasterStopped"/> does.
    /// </summary>
    /// <remarks>
    /// <see cref="ReleaseClaimsOfDeadMasters"/> has a more careful rule: it never stops this master, and distrusts missing heartbeats after an
    /// outage. With SQLite there are no heartbeats, so call <see cref="MasterActive"/> regularly if you use this method.
    /// </remarks>
    /// <param name="forceHouseKeeping">Whether to remove also what masters have left that are not active.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    public Task ExpireMasters(bool forceHouseKeeping = false, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, forceHouseKeeping) =>
            {
                foreach (MasterInfo master in await MasterTable.LockSilentMasters(context, context.Now - MasterExpiry).ConfigureAwait(false))
                {
                    if (!master.Active && !forceHouseKeeping)
                        continue;
                    await Housekeeping.Run(context, master.MasterId).ConfigureAwait(false);
                    await MasterTable.Deactivate(context, master).ConfigureAwait(false);
                }

                return default(NoResult);
            },
            forceHouseKeeping,
            cancellationToken,
            static (plan, _) => PlanHousekeeping(plan));

    /// <summary>
    /// Releases the claims that masters without a recent heartbeat hold on incomplete build requests. Announces the event
    /// <c>unclaimed</c> for each of these build requests. Does for these masters all that <see cref="MasterStopped"/> does.
    /// </summary>
    /// <remarks>
    /// If the calling master's own heartbeats failed for a while, the method at first releases nothing. The method releases claims again
    /// after these heartbeats have succeeded for the time <paramref name="olderThan"/>. The reason is that the same outage, such as an
    /// unreachable database, may have interrupted the heartbeats of the other masters too.
    /// </remarks>
    /// <param name="olderThan">
    /// The time that must have passed since a master's last heartbeat before its claims are released. For a master that has closed the
    /// store, the time since the closing counts instead. Pass several times <see cref="BuildDataOptions.Heartbeat"/>, and more than the
    /// difference between the clocks of the machines.
    /// </param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <returns>The ids of the released build requests.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="olderThan"/> is not positive.</exception>
    public Task<IReadOnlyList<long>> ReleaseClaimsOfDeadMasters(TimeSpan olderThan, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(olderThan, TimeSpan.Zero);
        return Write(
            static async (context, olderThan) =>
            {
                if (!context.Heartbeats.HasNoGapIn(olderThan, context.Now))
                    return (IReadOnlyList<long>)[];

                DateTimeOffset before = context.Now.UtcTicks > olderThan.Ticks ? context.Now - olderThan : DateTimeOffset.MinValue;
                var released = new List<long>();
                foreach (MasterInfo master in await MasterTable.LockSilentMasters(context, before).ConfigureAwait(false))
                {
                    if (master.MasterId == context.MasterId)
                        continue;
                    RecoveredWork work = await Housekeeping.Run(context, master.MasterId).ConfigureAwait(false);
                    released.AddRange(work.ReleasedBuildRequestIds);
                    await MasterTable.Deactivate(context, master).ConfigureAwait(false);
                }

                released.Sort();
                return released.AsReadOnly();
            },
            olderThan,
            cancellationToken,
            static (plan, _) => PlanHousekeeping(plan));
    }

    private static void PlanHousekeeping(PrefetchPlan plan)
    {
        plan.AddTables(
            ResourceTables.Masters, ResourceTables.Builders, ResourceTables.Workers, ResourceTables.Buildsets, ResourceTables.BuildRequests, ResourceTables.Builds,
            ResourceTables.Steps);
        plan.SetRunsAlone();
    }
}
