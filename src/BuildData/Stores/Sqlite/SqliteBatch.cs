using Microsoft.Data.Sqlite;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Runs updates in one transaction, commits once and publishes their events. An update that fails is undone alone: most fail
/// before they write; where one fails after, all is undone and the others are run again, each behind a savepoint.
/// </summary>
internal sealed class SqliteBatch(SqliteWriteSession session, UpdateScope scope, EventHub events, string file)
{
    /// <summary>Runs the updates. Each has its result or its error then, and is to be completed.</summary>
    public void Run(WriteItem[] items)
    {
        try
        {
            scope.WantsProperties = events.BeginBatch();
            if (!TryRun(items))
                Replay(items);
            session.Commit();
            events.Publish(scope.Events);
        }
#pragma warning disable CA1031 // Whatever happened to the transaction is told to everyone in it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Exception told = Told(error);
            foreach (WriteItem item in items)
            {
                if (item.Error is null)
                    item.Fail(told);
            }
        }

        scope.Events.Clear();
        scope.Held.Trim();
    }

    /// <summary>False if an update failed after it had written, or took the transaction with it.</summary>
    private bool TryRun(WriteItem[] items)
    {
        session.Begin();
        foreach (WriteItem item in items)
        {
            long writes = session.Writes;
            Run(item);
            if (item.Error is not null && (session.Writes != writes || !session.IsInTransaction))
                return false;
        }

        return true;
    }

    private void Replay(WriteItem[] items)
    {
        Undo();
        session.Begin();
        foreach (WriteItem item in items)
        {
            session.Savepoint();
            Run(item);
            if (item.Error is null)
            {
                session.ReleaseSavepoint();
                continue;
            }

            session.RollbackToSavepoint();
            scope.Held.Clear();
            if (!session.IsInTransaction)
                throw new StoreException($"The transaction on '{file}' was undone by the database.");
        }
    }

    private void Run(WriteItem item)
    {
        int announced = scope.Events.Count;
        item.Run(scope);
        if (item.Error is null)
            return;

        scope.Events.RemoveRange(announced, scope.Events.Count - announced);
        if (item.Error is SqliteException driver)
            item.Fail(SqliteErrors.Wrap(driver, file));
    }

    /// <summary>Undoes the transaction, and gives what its updates are told.</summary>
    private Exception Told(Exception error)
    {
        Exception told = error is SqliteException driver ? SqliteErrors.Wrap(driver, file) : error;
        try
        {
            Undo();
            return told;
        }
        catch (SqliteException undo)
        {
            return new StoreException($"'{file}': a transaction failed and could not be undone.", new AggregateException(told, undo));
        }
    }

    private void Undo()
    {
        scope.Held.Clear();
        scope.Events.Clear();
        session.Rollback();
    }
}
