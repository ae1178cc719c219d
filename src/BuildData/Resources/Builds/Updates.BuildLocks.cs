using BuildData.Resources;
using BuildData.Resources.Builds;
using BuildData.Updating;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>
    /// Adds a number of seconds to <see cref="Build.LocksDurationSeconds"/>, the time for which a build has waited for locks. The build may
    /// be complete. Announces the event <c>update</c>.
    /// </summary>
    /// <param name="buildId">The id of the build.</param>
    /// <param name="durationSeconds">The number of seconds to add, at least 0.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="durationSeconds"/> is negative.</exception>
    /// <exception cref="ResourceNotFoundException">There is no such build.</exception>
    public Task AddBuildLocksDuration(long buildId, long durationSeconds, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(durationSeconds);
        return Write(
            static async (context, args) =>
            {
                Build build = await BuildTable.GetForUpdate(context, args.buildId).ConfigureAwait(false);
                await BuildTable.SetLocksDuration(context, build with { LocksDurationSeconds = build.LocksDurationSeconds + args.durationSeconds }).ConfigureAwait(false);
                return default(NoResult);
            },
            (buildId, durationSeconds),
            cancellationToken,
            static (plan, args) => plan.AddRowToLock(ResourceTables.Builds, args.buildId));
    }
}
