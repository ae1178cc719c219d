using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Diagnostics;
using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>Runs batches of updates on one connection, one batch at a time.</summary>
/// <remarks>
/// <para>
/// A batch is one transaction: it reads and locks all rows that its updates need, runs the updates, and commits. Updates whose
/// rows are locked by other sessions are left out. The writes of all updates go to the server together.
/// </para>
/// <para>
/// A transaction that fails is rolled back, and the next step depends on the error. After a conflict with another transaction or
/// the loss of the connection, the whole batch runs again. If an update fails after it has written, or the server refuses a
/// statement, each update runs in a transaction of its own, so that only the failing one fails. If a table is locked as a whole,
/// the updates run in groups that use the same tables, and the groups of the locked table are left out.
/// </para>
/// </remarks>
/// <param name="services">The objects that all connections that write share.</param>
internal sealed class BatchRunner(WriterServices services) : IAsyncDisposable
{
    private const int MaxConflicts = 12;
    private const int MaxConnections = 5;

    // After this number of conflicts, an update of the batch itself may be the cause, so each update runs separately.
    private const int MaxConflictsTogether = 6;

    private readonly WriteConnection _connection = new(services, isHosts: false);

    // The updates that the current attempt leaves out because their rows are locked.
    private IReadOnlyCollection<StoreUpdate> _blocked = [];

    /// <summary>Runs updates, in one transaction if possible. Errors become those of the updates.</summary>
    /// <param name="updates">The updates.</param>
    /// <param name="locksTables">Whether to lock the tables first, and to leave out updates of tables that are locked as a whole.</param>
    /// <param name="waits">Whether to wait for rows and tables that other sessions have locked.</param>
    /// <returns>The updates that were left out. The caller must complete all others.</returns>
    public ValueTask<BatchResult> Run(IReadOnlyList<PendingUpdate> updates, bool locksTables, bool waits) => RunTogether(updates, locksTables, waits);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <summary>Runs updates in one transaction or, if that has to be rolled back for one of them, each in its own.</summary>
    private async ValueTask<BatchResult> RunTogether(IReadOnlyList<PendingUpdate> updates, bool locksTables, bool waits)
    {
        Exception? failure = null;
        int count = updates.Count;
        try
        {
            (bool isDone, BatchResult result) = await TryRun(updates, locksTables, waits).ConfigureAwait(false);
            if (!isDone)
                return await RunSeparately(updates, locksTables, waits).ConfigureAwait(false);

            count -= result.Blocked.Count + result.TableBlocked.Count;
            if (count > 0)
                services.Context.BatchEnded(count, null);
            return result;
        }
#pragma warning disable CA1031 // Whatever the error is, all updates of the transaction fail with it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            failure = error;
            foreach (PendingUpdate pending in updates)
            {
                // Keep the error of an update that has failed by itself. Replace a driver's error by the one that was wrapped for
                // callers.
                if (pending.Update.Error is null || PostgreSqlErrors.IsDatabaseError(pending.Update.Error))
                    pending.Update.Fail(error);
            }

            await _connection.Rollback().ConfigureAwait(false);
        }

        services.Context.BatchEnded(count, failure);
        return BatchResult.Done;
    }

    /// <summary>Runs each update in a transaction of its own.</summary>
    private async ValueTask<BatchResult> RunSeparately(IReadOnlyList<PendingUpdate> updates, bool locksTables, bool waits)
    {
        var blocked = new List<PendingUpdate>();
        var tableBlocked = new List<PendingUpdate>();
        foreach (PendingUpdate pending in updates)
        {
            BatchResult result = await RunTogether([pending], locksTables, waits).ConfigureAwait(false);
            blocked.AddRange(result.Blocked);
            tableBlocked.AddRange(result.TableBlocked);
        }

        return new BatchResult(blocked, tableBlocked);
    }

    /// <summary>Runs updates in one transaction, with several attempts if needed.</summary>
    /// <returns>
    /// Not done if the transaction was rolled back because of one of several updates. Then they must run separately.
    /// </returns>
    private async ValueTask<(bool IsDone, BatchResult Result)> TryRun(IReadOnlyList<PendingUpdate> updates, bool locksTables, bool waits)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await Attempt(updates, locksTables, waits).ConfigureAwait(false);
            }
            catch (Exception error) when (locksTables && !waits && PostgreSqlErrors.IsTableLocked(error))
            {
                await _connection.Rollback().ConfigureAwait(false);
                return (true, await RunByTables(updates).ConfigureAwait(false));
            }
            catch (Exception error) when (PostgreSqlErrors.IsDatabaseError(error) || error is StoreException)
            {
                // The commit may have succeeded although its answer was lost. Then the updates must not run again.
                if (_connection.IsCommitOutcomeUnknown(error) && await _connection.FindOutCommitOutcome(error).ConfigureAwait(false))
                    return (true, Blocked(updates));

                if (updates.Count > 1 && _connection.IsConnected && !PostgreSqlErrors.IsConnectionLost(error) && !PostgreSqlErrors.IsReadOnly(error)
                    && (!PostgreSqlErrors.IsConflict(error) || attempt == MaxConflictsTogether))
                {
                    // The writes of all updates were sent together, so it is unknown whose statement the server refused.
                    await _connection.Rollback().ConfigureAwait(false);
                    return (false, BatchResult.Done);
                }

                await Recover(error, attempt, updates.Count).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Runs updates in one transaction once.</summary>
    private async ValueTask<(bool IsDone, BatchResult Result)> Attempt(IReadOnlyList<PendingUpdate> updates, bool locksTables, bool waits)
    {
        _blocked = [];
        TableSet tables = locksTables ? updates.Aggregate(default(TableSet), (all, pending) => all.Union(pending.Plan.Tables)) : default;
        await _connection.Begin(tables, waits, CancellationToken.None).ConfigureAwait(false);
        StoreUpdate[] all = [.. updates.Select(pending => pending.Update)];
        _blocked = await _connection.UpdateContext.Prefetch(all, waits).ConfigureAwait(false);
        foreach (StoreUpdate update in all)
        {
            if (_blocked.Contains(update) || await RunOne(update).ConfigureAwait(false))
                continue;

            // The update has failed after writes, which only a rollback undoes. A single update is done with that: it has its error.
            await _connection.Rollback().ConfigureAwait(false);
            return (updates.Count == 1, BatchResult.Done);
        }

        await _connection.Commit().ConfigureAwait(false);
        return (true, Blocked(updates));
    }

    private BatchResult Blocked(IReadOnlyList<PendingUpdate> updates) =>
        _blocked.Count == 0 ? BatchResult.Done : new BatchResult([.. updates.Where(pending => _blocked.Contains(pending.Update))], []);

    /// <summary>Runs updates in groups that use the same tables, because one of their tables is locked as a whole.</summary>
    /// <returns>The updates that were left out. All of them, if there is only one group.</returns>
    private async ValueTask<BatchResult> RunByTables(IReadOnlyList<PendingUpdate> updates)
    {
        PendingUpdate[][] groups = [.. updates.GroupBy(pending => pending.Plan.Tables).Select(group => group.ToArray())];
        if (groups.Length == 1)
            return new BatchResult([], updates);

        var blocked = new List<PendingUpdate>();
        var tableBlocked = new List<PendingUpdate>();
        foreach (PendingUpdate[] group in groups)
        {
            BatchResult result = await RunTogether(group, locksTables: true, waits: false).ConfigureAwait(false);
            blocked.AddRange(result.Blocked);
            tableBlocked.AddRange(result.TableBlocked);
        }

        return new BatchResult(blocked, tableBlocked);
    }

    /// <summary>Rolls back, or gives up the connection if it is lost, so that another attempt can begin.</summary>
    /// <exception cref="StoreException">The error allows no other attempt, or there were too many.</exception>
    private async ValueTask Recover(Exception error, int attempt, int updates)
    {
        bool isLoss = PostgreSqlErrors.IsConnectionLost(error) || PostgreSqlErrors.IsReadOnly(error) || error is StoreException;
        bool isConflict = PostgreSqlErrors.IsConflict(error);
        bool wasConnected = _connection.Session.Connection is not null;
        if (isLoss)
            await _connection.GiveUp(error).ConfigureAwait(false);
        else
            await _connection.Rollback().ConfigureAwait(false);

        // A connection may have been lost while it was idle, and so may the next one of the pool. So losses are retried. If there
        // was no connection, connecting has failed: the database can't be reached.
        if (isConflict ? attempt == MaxConflicts : !isLoss || !wasConnected || attempt == MaxConnections)
            throw services.Database.Wrap(error);

        if (isLoss)
            services.Database.ClearPool();
        if (isConflict)
        {
            Log.RunAgain(services.Context.Logger, updates, attempt, error.Message);
            if (attempt > 1)
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 5 * attempt))).ConfigureAwait(false);
        }
    }

    /// <summary>Runs one update.</summary>
    /// <returns>False if it failed after it had written, so that the transaction must be rolled back.</returns>
    private async ValueTask<bool> RunOne(StoreUpdate update)
    {
        int eventCount = _connection.UpdateContext.EventCount;
        long writes = _connection.Session.Writes;
        await update.Run(_connection.UpdateContext).ConfigureAwait(false);
        if (update.Error is not { } error)
            return true;

        // After a failed statement, the server refuses the rest of the transaction, so all its updates have to run again.
        if (PostgreSqlErrors.IsDatabaseError(error))
            throw error;

        _connection.UpdateContext.Forget(eventCount);
        return _connection.Session.Writes == writes;
    }
}
