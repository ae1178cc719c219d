using BuildData.Resources.BuildRequests;
using BuildData.Resources.Masters;
using BuildData.Stores;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>
    /// Gives back what masters have claimed and not completed that are dead: those that have not said for some time that they are
    /// there. Announced as <c>unclaimed</c> for each build request. The masters are not active any more.
    /// </summary>
    /// <remarks>
    /// A master that was not heard itself for some time, for the database could not be reached or the machine was suspended, takes
    /// nobody for dead until it has been heard for <paramref name="olderThan"/> again: the others could not be heard either.
    /// </remarks>
    /// <param name="olderThan">
    /// For how long a master must have been silent: several times <see cref="BuildDataOptions.Heartbeat"/>, and more than the
    /// clocks of the hosts differ. One that has closed the store is silent since.
    /// </param>
    /// <param name="cancellationToken">Cancels the update until it is taken up.</param>
    /// <returns>The build requests that can be claimed again.</returns>
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
            static (plan, _) => plan.ReadsRowsItself(Tables.Masters | Tables.BuildRequests));
    }
}
