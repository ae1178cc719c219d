using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Diagnostics;
using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>Runs batches of updates on one connection, one after the other.</summary>
/// <param name="services">Where they write.</param>
internal sealed class BatchRunner(WriterServices services) : IAsyncDisposable
{
    private const int MostAttempts = 12;
    private const int MostConnections = 3;

    // Then one of several updates may be in the way of itself.
    private const int MostConflictsTogether = 6;

    private readonly WriteConnection _connection = new(services, isHosts: false);

    // The updates that the attempt under way leaves out.
    private IReadOnlyCollection<StoreUpdate> _blocked = [];

    /// <summary>Runs updates in one transaction. Those that are not returned are to be completed.</summary>
    /// <param name="updates">The updates.</param>
    /// <param name="guards">Whether to leave out updates of tables that are locked as a whole.</param>
    /// <param name="waits">Whether to wait for rows and tables that others have locked.</param>
    public ValueTask<BatchResult> Run(IReadOnlyList<PendingUpdate> updates, bool guards, bool waits) => RunTogether(updates, guards, waits);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <summary>Runs updates in one transaction or, if one of them fails after it has written, each in its own.</summary>
    private async ValueTask<BatchResult> RunTogether(IReadOnlyList<PendingUpdate> updates, bool guards, bool waits)
    {
        Exception? failure = null;
        int count = updates.Count;
        try
        {
            (bool isDone, BatchResult result) = await TryRun(updates, guards, waits).ConfigureAwait(false);
            if (!isDone)
                return await RunApart(updates, guards, waits).ConfigureAwait(false);

            count -= result.Blocked.Count + result.TableBlocked.Count;
            if (count > 0)
                services.Context.BatchEnded(count, null);
            return result;
        }
#pragma warning disable CA1031 // Whatever happened to the transaction is told to everyone in it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            failure = error;
            foreach (PendingUpdate pending in updates)
            {
                // One that met the driver's error itself is told the same as the others.
                if (pending.Update.Error is null || PostgreSqlErrors.IsDatabaseError(pending.Update.Error))
                    pending.Update.Fail(error);
            }

            await _connection.Rollback().ConfigureAwait(false);
        }

        services.Context.BatchEnded(count, failure);
        return BatchResult.Done;
    }

    private async ValueTask<BatchResult> RunApart(IReadOnlyList<PendingUpdate> updates, bool guards, bool waits)
    {
        var blocked = new List<PendingUpdate>();
        var tableBlocked = new List<PendingUpdate>();
        foreach (PendingUpdate pending in updates)
        {
            BatchResult result = await RunTogether([pending], guards, waits).ConfigureAwait(false);
            blocked.AddRange(result.Blocked);
            tableBlocked.AddRange(result.TableBlocked);
        }

        return new BatchResult(blocked, tableBlocked);
    }

    /// <summary>Runs updates in one transaction. Not done if it was undone for one of several updates.</summary>
    private async ValueTask<(bool IsDone, BatchResult Result)> TryRun(IReadOnlyList<PendingUpdate> updates, bool guards, bool waits)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await Attempt(updates, guards, waits).ConfigureAwait(false);
            }
            catch (Exception error) when (guards && !waits && PostgreSqlErrors.IsTableLocked(error))
            {
                await _connection.Rollback().ConfigureAwait(false);
                return (true, await SetTablesAside(updates).ConfigureAwait(false));
            }
            catch (Exception error) when (PostgreSqlErrors.IsDatabaseError(error) || error is StoreException)
            {
                if (_connection.IsCommitOutcomeUnknown(error) && await _connection.FindOutCommitOutcome(error).ConfigureAwait(false))
                    return (true, Blocked(updates));

                if (updates.Count > 1 && _connection.IsConnected && !PostgreSqlErrors.IsConnectionLost(error) && !PostgreSqlErrors.IsReadOnly(error)
                    && (!PostgreSqlErrors.IsConflict(error) || attempt == MostConflictsTogether))
                {
                    // Writes go to the server together, so of several it can't be told whose was refused.
                    await _connection.Rollback().ConfigureAwait(false);
                    return (false, BatchResult.Done);
                }

                await Recover(error, attempt, updates.Count).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<(bool IsDone, BatchResult Result)> Attempt(IReadOnlyList<PendingUpdate> updates, bool guards, bool waits)
    {
        _blocked = [];
        Tables tables = guards ? updates.Aggregate(Tables.None, (all, pending) => all | pending.Plan.Tables) : Tables.None;
        await _connection.Begin(tables, waits, CancellationToken.None).ConfigureAwait(false);
        StoreUpdate[] all = [.. updates.Select(pending => pending.Update)];
        _blocked = await _connection.UpdateContext.Prefetch(all, waits).ConfigureAwait(false);
        foreach (StoreUpdate update in all)
        {
            if (_blocked.Contains(update) || await RunOne(update).ConfigureAwait(false))
                continue;

            await _connection.Rollback().ConfigureAwait(false);
            return (updates.Count == 1, BatchResult.Done);
        }

        await _connection.Commit().ConfigureAwait(false);
        return (true, Blocked(updates));
    }

    private BatchResult Blocked(IReadOnlyList<PendingUpdate> updates) =>
        _blocked.Count == 0 ? BatchResult.Done : new BatchResult([.. updates.Where(pending => _blocked.Contains(pending.Update))], []);

    /// <summary>Runs, kind by kind, updates of which some need a table that is locked, and returns those.</summary>
    private async ValueTask<BatchResult> SetTablesAside(IReadOnlyList<PendingUpdate> updates)
    {
        PendingUpdate[][] kinds = [.. updates.GroupBy(pending => pending.Plan.Tables).Select(kind => kind.ToArray())];
        if (kinds.Length == 1)
            return new BatchResult([], updates);

        var blocked = new List<PendingUpdate>();
        var tableBlocked = new List<PendingUpdate>();
        foreach (PendingUpdate[] kind in kinds)
        {
            BatchResult result = await RunTogether(kind, guards: true, waits: false).ConfigureAwait(false);
            blocked.AddRange(result.Blocked);
            tableBlocked.AddRange(result.TableBlocked);
        }

        return new BatchResult(blocked, tableBlocked);
    }

    /// <summary>Makes the connection ready for another attempt.</summary>
    /// <exception cref="StoreException">There is to be none.</exception>
    private async ValueTask Recover(Exception error, int attempt, int updates)
    {
        bool isLoss = PostgreSqlErrors.IsConnectionLost(error) || PostgreSqlErrors.IsReadOnly(error) || error is StoreException;
        bool isConflict = PostgreSqlErrors.IsConflict(error);
        bool wasConnected = _connection.Session.Connection is not null;
        if (isLoss)
            await _connection.GiveUp(error).ConfigureAwait(false);
        else
            await _connection.Rollback().ConfigureAwait(false);

        // A connection that was not used for some time may have been lost long before, and the next of the pool as well.
        if (isConflict ? attempt == MostAttempts : !isLoss || !wasConnected || attempt == MostConnections)
            throw services.Database.Wrap(error);

        if (isConflict)
        {
            Log.RunAgain(services.Context.Logger, updates, attempt, error.Message);
            if (attempt > 1)
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 5 * attempt))).ConfigureAwait(false);
        }
    }

    /// <summary>False if the update failed and the transaction has to be undone for it.</summary>
    private async ValueTask<bool> RunOne(StoreUpdate update)
    {
        int announced = _connection.UpdateContext.EventCount;
        long writes = _connection.Session.Writes;
        await update.Run(_connection.UpdateContext).ConfigureAwait(false);
        if (update.Error is not { } error)
            return true;

        // The server has refused a statement, and with it the whole transaction.
        if (PostgreSqlErrors.IsDatabaseError(error))
            throw error;

        _connection.UpdateContext.Forget(announced);
        return _connection.Session.Writes == writes;
    }
}
