using BuildData.Resources;
using BuildData.Resources.BuildRequests;
using BuildData.Resources.Masters;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>
    /// Releases the incomplete build requests claimed by masters whose heartbeat has stopped, and marks these masters as not active.
    /// Announces <c>unclaimed</c> for each build request.
    /// </summary>
    /// <remarks>
    /// A master whose own heartbeats were interrupted releases nothing until they have succeeded for <paramref name="olderThan"/>
    /// again. The reason is that the same outage, such as an unreachable database, may have interrupted the heartbeats of the other
    /// masters too.
    /// </remarks>
    /// <param name="olderThan">
    /// The time since the last heartbeat after which a master's claims are released. Use several times
    /// <see cref="BuildDataOptions.Heartbeat"/>, and more than the difference between the clocks of the machines. For a master that has
    /// closed the store, the time counts from the closing.
    /// </param>
    /// <param name="cancellationToken">Cancels the update. It has no effect once the store has started the update.</param>
    /// <returns>The ids of the released build requests.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="olderThan"/> is not positive.</exception>
    public Task<IReadOnlyList<long>> ReleaseClaimsOfDeadMasters(TimeSpan olderThan, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(olderThan, TimeSpan.Zero);
        return Write(
            static async (context, olderThan) =>
            {
                if (!context.Heartbeats.HaveLasted(olderThan, context.Now))
                    return (IReadOnlyList<long>)[];

                DateTimeOffset before = context.Now.UtcTicks > olderThan.Ticks ? context.Now - olderThan : DateTimeOffset.MinValue;
                List<long> requests = await MasterTable.ClaimsOfDead(context, before).ConfigureAwait(false);
                foreach (long id in requests)
                    await BuildRequestTable.Unclaim(context, await BuildRequestTable.GetForUpdate(context, id).ConfigureAwait(false)).ConfigureAwait(false);
                await MasterTable.Deactivate(context, before).ConfigureAwait(false);
                return requests.AsReadOnly();
            },
            olderThan,
            cancellationToken,
            static (plan, _) =>
            {
                plan.Use(DataTables.Masters, DataTables.BuildRequests);
                plan.RunAlone();
            });
    }
}
