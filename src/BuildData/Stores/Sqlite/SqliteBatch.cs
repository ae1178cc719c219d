using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Runs updates in one transaction, commits once and publishes their events. An update that fails is undone alone and does not make
/// other updates fail.
/// </summary>
/// <remarks>
/// <para>Failed updates: most updates that fail have written nothing, so there is nothing to undo. If an update fails after a write,
/// the whole transaction is rolled back, and its updates run again, each in a savepoint. Some errors end the transaction itself:
/// SQLite rolls it back when the disk is full, and a trigger can do so. Then the updates before the failed one run again and are
/// committed without it, and the updates after it run in another transaction.</para>
/// <para>Failed commits: if SQLite reports an I/O error during a commit, the write-ahead log may contain the transaction's frames,
/// and the next recovery would treat them as committed. So another commit overwrites them at once, and the updates fail. If that
/// commit fails too, the outcome is unknown. The updates fail with <see cref="StoreException.IsOutcomeUnknown"/>, and the store
/// refuses updates until it is opened again.</para>
/// <para>Foreign commits: each transaction checks whether another connection has committed since the last one. If so, cached rows
/// may be stale, and the cache is cleared.</para>
/// </remarks>
internal sealed class SqliteBatch(
    SqliteWriteSession session, UpdateContext updateContext, StoreContext storeContext, SqliteEventWriter log, SqliteFileState state, CommitState commits, string file, long dataVersion)
{
    private long _dataVersion = dataVersion;
    private long _foreignCommitLogged;
    private StoreException? _refusal;

    /// <summary>Gets whether updates are refused until the store is opened again, because the outcome of a commit is unknown.</summary>
    public bool IsRefusing => _refusal is not null;

    /// <summary>Runs updates and commits them. Afterwards each has its result or its error, and the caller must complete it.</summary>
    public void Run(ReadOnlySpan<StoreUpdate> items)
    {
        if (TryRunTogether(items))
            return;

        while (items.Length > 0)
        {
            int failed = RunInSavepoints(items);
            if (failed == items.Length)
                return;

            // The updates before it were rolled back with it, so they run again without it.
            Run(items[..failed]);
            items = items[(failed + 1)..];
        }
    }

    /// <summary>Begins a transaction.</summary>
    /// <param name="withProperties">Whether events carry properties even if no subscriber has asked for them yet.</param>
    /// <exception cref="StoreException">The store refuses updates until it is opened again.</exception>
    /// <exception cref="StoreInUseException">Another process has opened the file for writing.</exception>
    public void Begin(bool withProperties = false)
    {
        if (_refusal is not null)
            throw new StoreException($"'{file}' accepts no updates, because the outcome of an earlier commit is unknown. Dispose the master and open the file again.", _refusal);

        updateContext.Begin(withProperties);
        session.Begin();
        if (session.DataVersion() is var version && version != _dataVersion)
        {
            HandleForeignCommit();
            _dataVersion = version;
        }
    }

    /// <summary>Runs an update in a savepoint of the current transaction. If it fails, only this update is undone.</summary>
    /// <returns>False if the update's error has ended the transaction.</returns>
    public bool RunAlone(StoreUpdate item)
    {
        session.Savepoint();
        Run(item);
        if (item.Error is null)
        {
            session.ReleaseSavepoint();
            return true;
        }

        session.RollbackToSavepoint();
        updateContext.Cache.Clear();
        return session.IsInTransaction;
    }

    /// <summary>Commits the transaction and publishes its events.</summary>
    /// <exception cref="StoreException">The outcome is unknown: <see cref="StoreException.IsOutcomeUnknown"/> is true.</exception>
    /// <exception cref="SqliteException">The transaction is not committed.</exception>
    public void Commit()
    {
        long first = log.Append(updateContext, commits.IsSlow);
        commits.Begin(updateContext.EventCount, log.KeepsEvents || commits.IsSlow);
        long start = Stopwatch.GetTimestamp();
        bool succeeded = false;
        try
        {
            session.Commit();
            succeeded = true;
        }
        catch (SqliteException error) when (error.SqliteErrorCode == raw.SQLITE_IOERR)
        {
            OverwriteFailedCommit(error);
            throw;
        }
        finally
        {
            commits.End(succeeded, Stopwatch.GetElapsedTime(start));
        }

        log.Committed(updateContext.EventCount);
        storeContext.Events.Publish(updateContext.Events, first, updateContext.At);
        updateContext.Events.Clear();
    }

    /// <summary>Rolls back the transaction, if there is one.</summary>
    /// <exception cref="StoreException">The rollback failed.</exception>
    public void Undo()
    {
        updateContext.Undo(0);
        log.Undone();
        try
        {
            session.Rollback();
        }
        catch (SqliteException error)
        {
            throw new StoreException($"A transaction of '{file}' could not be rolled back: {error.Message}", error);
        }
    }

    /// <summary>Rolls back the transaction after an error.</summary>
    /// <returns>The error that the transaction's updates fail with.</returns>
    public Exception Undo(Exception error)
    {
        Exception reported = error is SqliteException driver ? SqliteErrors.Wrap(driver, file) : error;
        try
        {
            Undo();
            return reported;
        }
        catch (StoreException undo)
        {
            return new StoreException($"A transaction of '{file}' failed and could not be rolled back: {reported.Message}", new AggregateException(reported, undo));
        }
    }

    /// <summary>Runs updates in one transaction without savepoints.</summary>
    /// <returns>False if an update failed after a write, or its error ended the transaction. Then the transaction is rolled back.</returns>
    private bool TryRunTogether(ReadOnlySpan<StoreUpdate> items)
    {
        try
        {
            Begin();
            foreach (StoreUpdate item in items)
            {
                long writes = session.Writes;
                Run(item);
                if (item.Error is not null && (session.Writes != writes || !session.IsInTransaction))
                {
                    Undo();
                    return false;
                }
            }

            Commit();
            storeContext.BatchEnded(items.Length, null);
        }
#pragma warning disable CA1031 // Every update of the transaction fails with the error.
        catch (Exception error)
#pragma warning restore CA1031
        {
            FailAll(items, error);
        }

        return true;
    }

    /// <summary>Runs updates in one transaction, each in a savepoint.</summary>
    /// <returns>The index of the update whose error ended the transaction; the number of updates if the transaction is complete.</returns>
    private int RunInSavepoints(ReadOnlySpan<StoreUpdate> items)
    {
        try
        {
            Begin();
            for (int i = 0; i < items.Length; i++)
            {
                if (RunAlone(items[i]))
                    continue;

                Undo();
                return i;
            }

            Commit();
            storeContext.BatchEnded(items.Length, null);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception error)
#pragma warning restore CA1031
        {
            FailAll(items, error);
        }

        return items.Length;
    }

    private void FailAll(ReadOnlySpan<StoreUpdate> items, Exception error)
    {
        Exception reported = Undo(error);
        foreach (StoreUpdate item in items)
        {
            if (item.Error is null)
                item.Fail(reported);
        }

        storeContext.BatchEnded(items.Length, reported);
    }

    private void Run(StoreUpdate item)
    {
        int eventsBefore = updateContext.EventCount;
        ValueTask running = item.Run(updateContext);
        if (!running.IsCompleted)
            throw new InvalidOperationException("The update awaited something other than its session, which completes synchronously.");

        running.GetAwaiter().GetResult();
        if (item.Error is null)
            return;

        updateContext.Forget(eventsBefore);
        if (item.Error is SqliteException driver)
            item.Fail(SqliteErrors.Wrap(driver, file));
    }

    /// <summary>
    /// Overwrites the frames that a failed commit may have left in the write-ahead log, so that no recovery treats them as committed.
    /// </summary>
    /// <exception cref="StoreException">This failed too, so the outcome of the failed commit is unknown.</exception>
    private void OverwriteFailedCommit(SqliteException error)
    {
        try
        {
            session.Rollback();
            session.Begin();
            state.Touch();
            session.Commit();
        }
        catch (SqliteException second)
        {
            _refusal = new StoreException(
                $"It is unknown whether an update of '{file}' is stored: its commit failed, and so did the commit that should overwrite it. {error.Message}",
                new AggregateException(error, second))
            { IsOutcomeUnknown = true };
            throw _refusal;
        }
    }

    private void HandleForeignCommit()
    {
        updateContext.Cache.Clear();

        // A master that opens the file advances the sequence number even if it announces no event.
        bool hasNewEvents = log.Refresh();
        commits.Start(log.Sequence);
        if (hasNewEvents)
            storeContext.EventsWereLost(log.Sequence);
        if (!state.IsOurs())
        {
            throw new StoreInUseException(
                file, "Another process has opened it although this process holds its lock. Check whether the lock file was deleted. This process accepts no more updates.");
        }

        // A program that changes the file all the time must not flood the host's log.
        if (_foreignCommitLogged != 0 && Stopwatch.GetElapsedTime(_foreignCommitLogged) < TimeSpan.FromMinutes(1))
            return;

        _foreignCommitLogged = Stopwatch.GetTimestamp();
        storeContext.ForeignCommit(file);
    }
}
