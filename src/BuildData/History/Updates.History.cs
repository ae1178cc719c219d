using BuildData.History;
using BuildData.Resources;
using BuildData.Stores;
using BuildData.Updating;

namespace BuildData;

public sealed partial class Updates
{
    private int _isPruning;

    /// <summary>
    /// Removes old builds with their steps and properties. Also removes the build requests, buildsets and source stamps that are then no
    /// longer needed. Announces the event <c>removed</c> for each removed build, build request and buildset.
    /// </summary>
    /// <remarks>
    /// <para>The removal consists of many small updates with pauses between them, so it delays other updates only a little. If the call
    /// fails or is cancelled, the updates that have completed are not undone.</para>
    /// <para>The newest resource of each kind stays, so that no id and no build number is used twice.</para>
    /// <para>If another update has locked a resource, the resource stays until a later call.</para>
    /// </remarks>
    /// <param name="policy">Specifies which builds stay.</param>
    /// <param name="dryRun">True to count the resources that would be removed, and to remove nothing.</param>
    /// <param name="cancellationToken">Cancels the removal, after the update that is running.</param>
    /// <returns>The numbers of removed resources.</returns>
    /// <exception cref="InvalidOperationException">The method was called inside a transaction.</exception>
    public async Task<PruneResult> Prune(HistoryPolicy policy, bool dryRun = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (_transaction is not null || IsInTransaction)
            throw new InvalidOperationException("Old history can't be removed inside a transaction, because the removal consists of many transactions.");

        await _writer.EnsureStoreIsOpen(cancellationToken).ConfigureAwait(false);
        DateTimeOffset now = _options.TimeProvider.GetUtcNow();
        DateTimeOffset before = now.UtcTicks > policy.Age.Ticks ? now - policy.Age : DateTimeOffset.MinValue;
        if (dryRun)
            return await new HistoryRemoval(_writer, _options.TimeProvider, before, policy, removePart: null).Run(cancellationToken).ConfigureAwait(false);

        if (Interlocked.Exchange(ref _isPruning, 1) == 1)
            return new PruneResult { IsRunningElsewhere = true };
        try
        {
            return await RemoveHistory(before, policy, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _isPruning, 0);
        }
    }

    private async Task<PruneResult> RemoveHistory(DateTimeOffset before, HistoryPolicy policy, CancellationToken cancellationToken)
    {
        PartResult first = await RemovePart(before, RemovalCandidates.None, cancellationToken).ConfigureAwait(false);
        if (!first.HasLease)
            return new PruneResult { IsRunningElsewhere = true };

        try
        {
            var removal = new HistoryRemoval(_writer, _options.TimeProvider, before, policy, (candidates, token) => RemovePart(before, candidates, token));
            PruneResult result = await removal.Run(cancellationToken).ConfigureAwait(false);
            await ReturnUnusedSpace(cancellationToken).ConfigureAwait(false);
            await ReleaseRemovalLease().ConfigureAwait(false);
            return result;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // If the release fails, other masters wait until the lease has expired. The caller should know.
            await ReleaseRemovalLease().ConfigureAwait(false);
            throw;
        }
    }

    private Task<PartResult> RemovePart(DateTimeOffset before, RemovalCandidates candidates, CancellationToken cancellationToken) =>
        Write(
            static async (context, args) =>
            {
                TimeProvider clock = context.Options.TimeProvider;
                long start = clock.GetTimestamp();
                if (!await RemovalLease.TryRenew(context).ConfigureAwait(false))
                    return PartResult.Refused;

                var reader = new RemovalReader(context.Session, args.before, context.Session.Dialect.HasSeveralWriters, CancellationToken.None);
                Removal removal = await new RemovalDecider(reader, new RemovedIds(), isDryRun: false).Decide(args.candidates).ConfigureAwait(false);
                await RemovalWriter.Write(context, removal).ConfigureAwait(false);
                return new PartResult(HasLease: true, removal, clock.GetElapsedTime(start));
            },
            (before, candidates),
            cancellationToken,
            static (plan, _) => PlanRemoval(plan),
            nameof(Prune));

    private async Task ReturnUnusedSpace(CancellationToken cancellationToken)
    {
        TimeProvider clock = _options.TimeProvider;
        var pace = new RemovalPace(clock, hasSeveralWriters: false);
        bool hasMore = true;
        while (hasMore)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = clock.GetTimestamp();
            hasMore = await Write(
                static async (context, _) =>
                    await RemovalLease.TryRenew(context).ConfigureAwait(false) && await context.Session.ReturnUnusedSpace().ConfigureAwait(false),
                default(NoResult), cancellationToken, static (plan, _) => PlanRemoval(plan), nameof(Prune)).ConfigureAwait(false);
            if (hasMore)
                await pace.Pause(TimeSpan.Zero, clock.GetElapsedTime(start), cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<NoResult> ReleaseRemovalLease() =>
        Write(
            static async (context, _) =>
            {
                await RemovalLease.Release(context).ConfigureAwait(false);
                return default(NoResult);
            },
            default(NoResult), CancellationToken.None, static (plan, _) => PlanRemoval(plan), nameof(Prune));

    // The rows are found in the transaction, so they can't be locked before it. They are locked without waiting for other transactions.
    private static void PlanRemoval(PrefetchPlan plan)
    {
        plan.AddTables(
            ResourceTables.Masters, ResourceTables.Builders, ResourceTables.Workers, ResourceTables.SourceStamps, ResourceTables.Buildsets,
            ResourceTables.BuildRequests, ResourceTables.Builds, ResourceTables.Steps, ResourceTables.Logs);
        plan.SetRunsAlone();
    }
}
