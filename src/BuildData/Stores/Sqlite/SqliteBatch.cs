using Microsoft.Data.Sqlite;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Runs updates in one transaction, commits once and publishes their events. An update that fails is undone alone: most fail
/// before they write; where one fails after, all is undone and the others are run again, each behind a savepoint.
/// </summary>
internal sealed class SqliteBatch(SqliteWriteSession session, UpdateScope scope, StoreContext context, SqliteEventLog log, string file)
{
    private readonly Lock _committing = new();

    /// <summary>Runs the updates. Each has its result or its error then, and is to be completed.</summary>
    public void Run(StoreUpdate[] items)
    {
        Exception? failure = null;
        try
        {
            Begin();
            if (!TryRun(items))
                Replay(items);
            Commit();
        }
#pragma warning disable CA1031 // Whatever happened to the transaction is told to everyone in it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Exception told = Undo(error);
            failure = told;
            foreach (StoreUpdate item in items)
            {
                if (item.Error is null)
                    item.Fail(told);
            }
        }

        context.BatchEnded(items.Length, failure);
    }

    /// <param name="withProperties">Whether events bring properties along, even if nobody wants them yet.</param>
    public void Begin(bool withProperties = false)
    {
        scope.Begin(withProperties);
        session.Begin();
    }

    /// <summary>Runs an update in the transaction that has begun. If it fails it is undone alone.</summary>
    /// <exception cref="StoreException">The transaction is gone.</exception>
    public void RunAlone(StoreUpdate item)
    {
        session.Savepoint();
        Run(item);
        if (item.Error is null)
        {
            session.ReleaseSavepoint();
            return;
        }

        session.RollbackToSavepoint();
        scope.Held.Clear();
        if (!session.IsInTransaction)
            throw new StoreException($"The transaction on '{file}' was undone by the database.");
    }

    /// <summary>Commits what was run, and publishes its events.</summary>
    public void Commit()
    {
        long first = log.Append(scope);

        // Whoever takes a snapshot holds this too, so that it is known which events the snapshot has.
        lock (_committing)
        {
            session.Commit();
            log.Committed(scope.EventCount);
        }

        context.Events.Publish(scope.Events, first);
        scope.Events.Clear();
    }

    /// <summary>Begins a snapshot on another connection, with no commit meanwhile; the sequence number of the last event that it has.</summary>
    public long BeginSnapshot(SqliteReadSession reader)
    {
        lock (_committing)
        {
            reader.BeginSnapshotNow();
            return log.Sequence;
        }
    }

    /// <summary>Undoes the transaction, if there is one.</summary>
    /// <exception cref="StoreException">It can't be undone.</exception>
    public void Undo()
    {
        scope.Undo(0);
        log.Undone();
        try
        {
            session.Rollback();
        }
        catch (SqliteException error)
        {
            throw new StoreException($"'{file}': a transaction could not be undone: {error.Message}", error);
        }
    }

    /// <summary>Undoes the transaction, and gives what its updates are told.</summary>
    public Exception Undo(Exception error)
    {
        Exception told = error is SqliteException driver ? SqliteErrors.Wrap(driver, file) : error;
        try
        {
            Undo();
            return told;
        }
        catch (StoreException undo)
        {
            return new StoreException($"'{file}': a transaction failed and could not be undone.", new AggregateException(told, undo));
        }
    }

    /// <summary>False if an update failed after it had written, or took the transaction with it.</summary>
    private bool TryRun(StoreUpdate[] items)
    {
        foreach (StoreUpdate item in items)
        {
            long writes = session.Writes;
            Run(item);
            if (item.Error is not null && (session.Writes != writes || !session.IsInTransaction))
                return false;
        }

        return true;
    }

    private void Replay(StoreUpdate[] items)
    {
        Undo();
        session.Begin();
        foreach (StoreUpdate item in items)
            RunAlone(item);
    }

    private void Run(StoreUpdate item)
    {
        int announced = scope.EventCount;
        ValueTask running = item.Run(scope);
        if (!running.IsCompleted)
            throw new InvalidOperationException("An update awaited something else than its session.");

        running.GetAwaiter().GetResult();
        if (item.Error is null)
            return;

        scope.Forget(announced);
        if (item.Error is SqliteException driver)
            item.Fail(SqliteErrors.Wrap(driver, file));
    }
}
