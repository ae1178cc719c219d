using System.Diagnostics.CodeAnalysis;
using BuildData.Stores.Protocol;

namespace BuildData.Stores;

/// <summary>
/// Runs batches on one connection of a store, one batch at a time. A batch is a group of updates that share a transaction if possible.
/// </summary>
/// <remarks>
/// <para>This class determines the order of the steps of a batch. The order is the same for every store. A store implements the single
/// steps in a class that is derived from <see cref="StoreConnection"/>. The steps are:</para>
/// <list type="number">
/// <item>The store calls <see cref="StoreRequest.TryTake"/> for each update. Then the store calls <see cref="Run"/>.</item>
/// <item><see cref="StoreConnection.Begin"/> begins a transaction.</item>
/// <item>
/// <see cref="StoreConnection.Prefetch"/> reads and locks the rows of all updates. The method returns the updates whose rows another
/// transaction has locked. The batch does not run these updates.
/// </item>
/// <item>All other updates run. If an update fails before it has written anything, the batch drops only the events of this update.</item>
/// <item>
/// If an update fails after it has written something, <see cref="StoreConnection.Rollback"/> undoes the whole transaction. Then each update
/// runs separately: either inside a savepoint, or in a transaction of its own.
/// </item>
/// <item><see cref="StoreConnection.Commit"/> assigns numbers to the events, commits the transaction and publishes the events.</item>
/// <item>
/// If the database reports an error in a step, <see cref="StoreConnection.Recover"/> ends the transaction. The method decides what
/// happens to the updates: they run again, they run separately, they fail, or they have succeeded.
/// </item>
/// <item>This class measures the batch, and logs its error.</item>
/// <item>The store calls <see cref="StoreRequest.Complete"/> for each update that has run.</item>
/// </list>
/// </remarks>
/// <param name="connection">The connection.</param>
/// <param name="context">The context of the store.</param>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public sealed class BatchRunner(StoreConnection connection, StoreContext context)
{
    // The updates that the current attempt does not run, because another transaction has locked their rows.
    private IReadOnlyCollection<StoreUpdate> _blocked = [];

    // The updates of the current attempt that were refused after others had written. Only a commit confirms what these refusals rest on.
    private readonly List<StoreUpdate> _refusedAfterWrites = [];

    // The number of writes of the session when the updates of the current attempt began to run.
    private long _writesAtBegin;

    /// <summary>Runs updates, in one transaction if possible. If an update fails, stores the exception in the update, and does not throw it.</summary>
    /// <param name="updates">The updates. The store has called <see cref="StoreRequest.TryTake"/> for each of them.</param>
    /// <param name="options">Specifies what the batch does if another transaction has locked a row or a table.</param>
    /// <returns>The updates that did not run. The caller must complete all other updates.</returns>
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

            Recovery recovery = await NonThrowingRecovery.Recover(connection, failure, new FailedAttempt(attempt, updates.Count, options, CanRunAgain: true)).ConfigureAwait(false);
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

    /// <summary>Runs updates in one transaction, and commits the transaction.</summary>
    /// <returns>False if one of several updates failed after it had written. The transaction is then rolled back.</returns>
    private async ValueTask<bool> TryRunTogether(ArraySegment<StoreUpdate> updates, BatchOptions options)
    {
        _blocked = [];
        await connection.Begin(options.LocksTables ? TablesOf(updates) : default, options.WaitsForLocks, CancellationToken.None).ConfigureAwait(false);
        _blocked = await connection.Prefetch(updates, options.WaitsForLocks).ConfigureAwait(false);
        BeginAttempt();
        foreach (StoreUpdate update in updates)
        {
            if (IsBlocked(update) || await RunOne(update).ConfigureAwait(false))
                continue;

            await connection.Rollback().ConfigureAwait(false);

            // If there are several updates, the others may succeed in another attempt. A single update has failed.
            return updates.Count == 1;
        }

        await connection.Commit().ConfigureAwait(false);
        return true;
    }

    /// <summary>Runs one update in the current transaction.</summary>
    /// <returns>False if the update failed after it had written. The caller must then roll back the transaction.</returns>
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

        NoteRefusal(update, writes);
        connection.UpdateContext.DropEvents(events);
        return connection.UpdateContext.Session.WriteCount == writes;
    }

    private ValueTask<BatchResult> RunSeparately(ArraySegment<StoreUpdate> updates, BatchOptions options) =>
        connection.UsesSavepointPerUpdate
            ? RunInsideSavepoints(updates, options)
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

    /// <summary>
    /// Groups updates by the tables that they use, and runs each group in a transaction of its own. If another transaction has locked a
    /// whole table, only the groups that use this table are blocked.
    /// </summary>
    /// <returns>The updates that did not run. If there is only one group, none of its updates has run.</returns>
    private async ValueTask<BatchResult> RunByTables(ArraySegment<StoreUpdate> updates, BatchOptions options)
    {
        StoreUpdate[][] groups = [.. updates.GroupBy(update => update.PrefetchPlan(context.Options).Tables).Select(group => group.ToArray())];
        return groups.Length == 1 ? new BatchResult([], groups[0]) : await RunEach(groups, options).ConfigureAwait(false);
    }

    /// <summary>Runs updates in one transaction, each inside a savepoint of its own.</summary>
    /// <remarks>
    /// The error of an update can end the whole transaction. In this case, the updates before the failed update run again in a new
    /// transaction. The updates after the failed update run in another new transaction.
    /// </remarks>
    private async ValueTask<BatchResult> RunInsideSavepoints(ArraySegment<StoreUpdate> updates, BatchOptions options)
    {
        while (updates.Count > 0)
        {
            int failed = await TryRunInsideSavepoints(updates, options).ConfigureAwait(false);
            if (failed == updates.Count)
                break;

            if (failed > 0)
                await Run(updates[..failed], options).ConfigureAwait(false);
            updates = updates[(failed + 1)..];
        }

        return BatchResult.Done;
    }

    /// <summary>Tries to run updates in one transaction, each inside a savepoint of its own.</summary>
    /// <returns>The index of the update whose error ended the whole transaction. If no error ended the transaction, the number of updates.</returns>
    private async ValueTask<int> TryRunInsideSavepoints(ArraySegment<StoreUpdate> updates, BatchOptions options)
    {
        Exception failure;
        try
        {
            await connection.Begin(default, options.WaitsForLocks, CancellationToken.None).ConfigureAwait(false);
            BeginAttempt();
            for (int i = 0; i < updates.Count; i++)
            {
                long writes = connection.UpdateContext.Session.WriteCount;
                if (await SavepointUpdateRunner.RunWithRetries(connection, updates[i]).ConfigureAwait(false) is null)
                {
                    NoteRefusal(updates[i], writes);
                    continue;
                }

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

        Recovery recovery = await NonThrowingRecovery.Recover(connection, failure, new FailedAttempt(1, updates.Count, options, CanRunAgain: false)).ConfigureAwait(false);
        if (recovery.Action == RecoveryAction.Committed)
            context.Telemetry.BatchEnded(updates.Count, null);
        else
            Fail(updates, recovery.Error ?? connection.Wrap(failure));
        return updates.Count;
    }

    private void BeginAttempt()
    {
        _refusedAfterWrites.Clear();
        _writesAtBegin = connection.UpdateContext.Session.WriteCount;
    }

    /// <summary>Takes note if an update was refused after other updates had written.</summary>
    /// <param name="update">The update.</param>
    /// <param name="writes">The number of writes of the session before the update ran.</param>
    private void NoteRefusal(StoreUpdate update, long writes)
    {
        if (update.Error is not null && writes != _writesAtBegin)
            _refusedAfterWrites.Add(update);
    }

    private void Fail(ArraySegment<StoreUpdate> updates, Exception error)
    {
        foreach (StoreUpdate update in updates)
        {
            // A refused update keeps its error, unless the refusal may rest on writes that are undone now. An error of the driver is
            // replaced by the exception for callers.
            if (update.Error is null || connection.IsDatabaseError(update.Error) || _refusedAfterWrites.Contains(update))
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
