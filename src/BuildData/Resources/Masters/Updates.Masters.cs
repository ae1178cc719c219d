using BuildData.Resources;
using BuildData.Resources.Masters;
using BuildData.Stores;
using BuildData.Updating;

namespace BuildData;

public sealed partial class Updates
{
    // The reference's time, after which a master that has sent no heartbeat is expired.
    private static readonly TimeSpan MasterExpiry = TimeSpan.FromMinutes(10);

    /// <summary>Records that a master is active now. Announces the event <c>started</c> if the master was not active before.</summary>
    /// <remarks>
    /// A master becomes active when it opens the store. In a store that several masters share, the heartbeats of a master update
    /// <see cref="MasterInfo.LastActive"/> without this method.
    /// </remarks>
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
    /// Records that a master is not active, and cleans up after the master. If the master was active, announces the event <c>stopped</c> as
    /// the last event.
    /// </summary>
    /// <remarks>
    /// <para>The method makes these changes, in one transaction:</para>
    /// <list type="bullet">
    /// <item>No worker is configured on the master or connected to it any more (<c>disconnected</c>).</item>
    /// <item>The master's builder list becomes empty (<c>stopped</c> for each builder).</item>
    /// <item>The master's incomplete steps and builds finish with the result <see cref="BuildResult.Retry"/> (<c>finished</c>).</item>
    /// <item>The master's claims on incomplete build requests are released (<c>unclaimed</c>).</item>
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
    /// Calls <see cref="MasterStopped"/> for every active master whose <see cref="MasterInfo.LastActive"/> is more than 10 minutes ago.
    /// This can include the calling master.
    /// </summary>
    /// <remarks>
    /// <see cref="ReleaseClaimsOfDeadMasters"/> is more careful: it never stops the calling master, and it takes into account that an
    /// outage can interrupt the heartbeats of all masters. With SQLite there are no heartbeats. So if you use <see cref="ExpireMasters"/>
    /// with SQLite, call <see cref="MasterActive"/> regularly.
    /// </remarks>
    /// <param name="forceHouseKeeping">Whether to clean up after inactive masters too.</param>
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
    /// Finds masters without a recent heartbeat. Releases their claims on incomplete build requests, and announces the event
    /// <c>unclaimed</c> for each of these build requests. Also makes all other changes of <see cref="MasterStopped"/> for each of these
    /// masters.
    /// </summary>
    /// <remarks>
    /// If the heartbeats of the calling master have failed for a while, the method releases nothing until they have succeeded again for the
    /// time <paramref name="olderThan"/>. The reason is that the same outage, such as an unreachable database, may have interrupted the
    /// heartbeats of other masters.
    /// </remarks>
    /// <param name="olderThan">
    /// The time that must have passed since a master's last heartbeat before the master's claims are released. If a master has closed the
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
            ResourceTables.Steps, ResourceTables.Logs);
        plan.SetRunsAlone();
    }
}
