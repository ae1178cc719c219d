using System.Diagnostics.CodeAnalysis;
using BuildData.Stores.Protocol;

namespace BuildData.Stores;

/// <summary>
/// Runs batches of updates on one connection of a store, one batch at a time. This class keeps the protocol of a transaction for every
/// store. A store implements the steps in <see cref="StoreConnection"/>.
/// </summary>
/// <remarks>
/// <para>The steps of a batch are:</para>
/// <list type="number">
/// <item>The store takes each update with <see cref="StoreRequest.TryTake"/> and calls <see cref="Run"/>.</item>
/// <item><see cref="StoreConnection.Begin"/> begins a transaction.</item>
/// <item><see cref="StoreConnection.Prefetch"/> reads and locks the rows of all updates. The updates that it returns are left out.</item>
/// <item>Each update runs. If one fails before it has written, only its events are dropped.</item>
/// <item>
/// If one fails after it has written, <see cref="StoreConnection.Rollback"/> undoes the whole transaction. Then each update runs
/// separately: behind a savepoint of one transaction, or in a transaction of its own.
/// </item>
/// <item><see cref="StoreConnection.Commit"/> numbers the events, commits and publishes the events.</item>
/// <item>
/// If the database reports an error in any of these steps, <see cref="StoreConnection.Recover"/> ends the transaction, and decides
/// whether the updates run again, run separately, fail, or are committed.
/// </item>
/// <item>The batch is measured, and logged if it has failed.</item>
/// <item>The store completes each update that was not left out, with <see cref="StoreRequest.Complete"/>.</item>
/// </list>
/// </remarks>
/// <param name="connection">The connection.</param>
/// <param name="context">The context of the store.</param>
[Experimental(Seam.DiagnosticId)]
public sealed class BatchRunner(StoreConnection connection, StoreContext context)
{
    // The updates that the current attempt leaves out because their rows are locked.
    private IReadOnlyCollection<StoreUpdate> _blocked = [];

    /// <summary>Runs updates, in one transaction if possible. Errors become those of the updates.</summary>
    /// <param name="updates">The updates, which the store has taken.</param>
    /// <param name="options">The options of the batch.</param>
    /// <returns>The updates that were left out. The caller must complete all others.</returns>
    public async ValueTask<BatchResult> Run(ArraySegment<StoreUpdate> updates, BatchOptions options)
    {
        for (int attempt = 1; ; attempt++)
        {
            Exception failure;
            try
            {
                if (await TryRunTogether(updates, options).ConfigureAwait(false))
                    return Report(updates);
                return await RunSeparately(updates, options).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever the error is, the updates of the transaction must not stay incomplete.
            catch (Exception error)
#pragma warning restore CA1031
            {
                failure = error;
            }

            Recovery recovery = await FailedTransactions.Recover(connection, failure, new FailedAttempt(attempt, updates.Count, options, CanRunAgain: true)).ConfigureAwait(false);
            switch (recovery.Action)
            {
                case RecoveryAction.Committed:
                    return Report(updates);
                case RecoveryAction.RunAgain:
                    continue;
                case RecoveryAction.RunSeparately:
                    return await RunSeparately(updates, options).ConfigureAwait(false);
                case RecoveryAction.RunByTables:
                    return await RunByTables(updates, options).ConfigureAwait(false);
                default:
                    Fail(updates, recovery.Error!);
                    return BatchResult.Done;
            }
        }
    }

    /// <summary>Runs updates in one transaction.</summary>
    /// <returns>False if the transaction was rolled back because one of several updates failed after it had written.</returns>
    private async ValueTask<bool> TryRunTogether(ArraySegment<StoreUpdate> updates, BatchOptions options)
    {
        _blocked = [];
        await connection.Begin(options.LocksTables ? TablesOf(updates) : default, options.WaitsForLocks, CancellationToken.None).ConfigureAwait(false);
        _blocked = await connection.Prefetch(updates, options.WaitsForLocks).ConfigureAwait(false);
        foreach (StoreUpdate update in updates)
        {
            if (IsBlocked(update) || await RunOne(update).ConfigureAwait(false))
                continue;

            await connection.Rollback().ConfigureAwait(false);

            // A single update has its error, and needs no other attempt.
            return updates.Count == 1;
        }

        await connection.Commit().ConfigureAwait(false);
        return true;
    }

    /// <summary>Runs one update.</summary>
    /// <returns>False if it failed after it had written, so that the transaction must be rolled back.</returns>
    private ValueTask<bool> RunOne(StoreUpdate update)
    {
        UpdateContext updates = connection.UpdateContext;
        int events = updates.EventCount;
        long writes = updates.Session.WriteCount;
        ValueTask running = update.Run(updates);
        return running.IsCompletedSuccessfully
            ? new ValueTask<bool>(LeavesTransactionIntact(update, events, writes))
            : Wait(running, update, events, writes);
    }

    private async ValueTask<bool> Wait(ValueTask running, StoreUpdate update, int events, long writes)
    {
        await running.ConfigureAwait(false);
        return LeavesTransactionIntact(update, events, writes);
    }

    private bool LeavesTransactionIntact(StoreUpdate update, int events, long writes)
    {
        if (update.Error is null)
            return true;

        // The store decides whether other updates of the transaction can succeed.
        if (connection.IsDatabaseError(update.Error))
            throw update.Error;

        connection.UpdateContext.DropEvents(events);
        return connection.UpdateContext.Session.WriteCount == writes;
    }

    private ValueTask<BatchResult> RunSeparately(ArraySegment<StoreUpdate> updates, BatchOptions options) =>
        connection.SeparatesBySavepoints
            ? RunBehindSavepoints(updates, options)
            : RunEach(updates.Select(update => new[] { update }), options);

    /// <summary>Runs groups of updates, each in a transaction of its own.</summary>
    private async ValueTask<BatchResult> RunEach(IEnumerable<StoreUpdate[]> groups, BatchOptions options)
    {
        var blocked = new List<StoreUpdate>();
        var tableBlocked = new List<StoreUpdate>();
        foreach (StoreUpdate[] group in groups)
        {
            BatchResult result = await Run(group, options).ConfigureAwait(false);
            blocked.AddRange(result.Blocked);
            tableBlocked.AddRange(result.TableBlocked);
        }

        return new BatchResult(blocked, tableBlocked);
    }

    /// <summary>Runs updates in groups that use the same tables, because one of their tables is locked as a whole.</summary>
    /// <returns>The updates that were left out. All of them, if there is only one group.</returns>
    private async ValueTask<BatchResult> RunByTables(ArraySegment<StoreUpdate> updates, BatchOptions options)
    {
        StoreUpdate[][] groups = [.. updates.GroupBy(update => update.PrefetchPlan(context.Options).Tables).Select(group => group.ToArray())];
        return groups.Length == 1 ? new BatchResult([], groups[0]) : await RunEach(groups, options).ConfigureAwait(false);
    }

    /// <summary>Runs updates in one transaction, each behind a savepoint.</summary>
    /// <remarks>
    /// Some errors end the transaction itself. Then the updates before the failed one run again and are committed without it, and the
    /// updates after it run in another transaction.
    /// </remarks>
    private async ValueTask<BatchResult> RunBehindSavepoints(ArraySegment<StoreUpdate> updates, BatchOptions options)
    {
        while (updates.Count > 0)
        {
            int failed = await TryRunBehindSavepoints(updates, options).ConfigureAwait(false);
            if (failed == updates.Count)
                break;

            if (failed > 0)
                await Run(updates[..failed], options).ConfigureAwait(false);
            updates = updates[(failed + 1)..];
        }

        return BatchResult.Done;
    }

    /// <returns>The index of the update whose error ended the transaction; the number of updates if all are done or have failed.</returns>
    private async ValueTask<int> TryRunBehindSavepoints(ArraySegment<StoreUpdate> updates, BatchOptions options)
    {
        Exception failure;
        try
        {
            await connection.Begin(default, options.WaitsForLocks, CancellationToken.None).ConfigureAwait(false);
            for (int i = 0; i < updates.Count; i++)
            {
                if (await SeparateUpdateRunner.Run(connection, updates[i]).ConfigureAwait(false) is null)
                    continue;

                await connection.Rollback().ConfigureAwait(false);
                return i;
            }

            await connection.Commit().ConfigureAwait(false);
            context.Telemetry.BatchEnded(updates.Count, null);
            return updates.Count;
        }
#pragma warning disable CA1031 // As above.
        catch (Exception error)
#pragma warning restore CA1031
        {
            failure = error;
        }

        Recovery recovery = await FailedTransactions.Recover(connection, failure, new FailedAttempt(1, updates.Count, options, CanRunAgain: false)).ConfigureAwait(false);
        if (recovery.Action == RecoveryAction.Committed)
            context.Telemetry.BatchEnded(updates.Count, null);
        else
            Fail(updates, recovery.Error ?? connection.Wrap(failure));
        return updates.Count;
    }

    private void Fail(ArraySegment<StoreUpdate> updates, Exception error)
    {
        foreach (StoreUpdate update in updates)
        {
            // Keep the error of an update that has failed by itself. Replace a driver's error by the one that was wrapped for callers.
            if (update.Error is null || connection.IsDatabaseError(update.Error))
                update.Fail(error);
        }

        context.Telemetry.BatchEnded(updates.Count, error);
    }

    private BatchResult Report(ArraySegment<StoreUpdate> updates)
    {
        int count = updates.Count - _blocked.Count;
        if (count > 0)
            context.Telemetry.BatchEnded(count, null);
        return _blocked.Count == 0 ? BatchResult.Done : new BatchResult(_blocked, []);
    }

    private bool IsBlocked(StoreUpdate update) => _blocked.Count > 0 && _blocked.Contains(update);

    private TableSet TablesOf(ArraySegment<StoreUpdate> updates)
    {
        TableSet tables = default;
        foreach (StoreUpdate update in updates)
            tables = tables.Union(update.PrefetchPlan(context.Options).Tables);
        return tables;
    }
}
