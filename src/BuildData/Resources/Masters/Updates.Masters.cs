using BuildData.Resources;
using BuildData.Resources.BuildRequests;
using BuildData.Resources.Masters;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>
    /// Releases the claims that masters without a recent heartbeat hold on incomplete build requests. Announces the event
    /// <c>unclaimed</c> for each of these build requests. Marks these masters as not active.
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
                List<long> requests = await MasterTable.LockRequestsOfDeadMasters(context, before).ConfigureAwait(false);
                foreach (long id in requests)
                    await BuildRequestTable.Unclaim(context, await BuildRequestTable.GetForUpdate(context, id).ConfigureAwait(false)).ConfigureAwait(false);
                await MasterTable.DeactivateDeadMasters(context, before).ConfigureAwait(false);
                return requests.AsReadOnly();
            },
            olderThan,
            cancellationToken,
            static (plan, _) =>
            {
                plan.AddTables(ResourceTables.Masters, ResourceTables.BuildRequests);
                plan.SetRunsAlone();
            });
    }
}
