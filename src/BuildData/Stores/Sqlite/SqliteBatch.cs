using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Runs updates in one transaction, commits once and publishes their events. An update that fails is undone alone, and fails
/// nobody else.
/// </summary>
/// <remarks>
/// <para>Most updates fail before they have written, which leaves nothing to undo. Where one fails after a write, everything is
/// undone and the updates run again, each behind a savepoint. Where one takes the transaction with it (SQLite rolls back when the
/// disk is full, and a trigger can), the updates before it run again and are committed without it, and those behind it follow in
/// another transaction.</para>
/// <para>A commit has three outcomes. If SQLite reports an I/O error, the frames of the transaction may be in the log, and the next
/// recovery would take them for committed. So they are overwritten at once by another commit, and the transaction is out. If that
/// fails as well, nobody knows: the updates fail as such, and the store takes no more updates until it is opened again.</para>
/// <para>Each transaction checks whether another connection has committed since the last one. Then nothing that is held is known to
/// be current, and it is dropped.</para>
/// </remarks>
internal sealed class SqliteBatch(
    SqliteWriteSession session, UpdateContext updateContext, StoreContext storeContext, SqliteEventWriter log, SqliteFileState state, CommitState commits, string file, long dataVersion)
{
    private long _dataVersion = dataVersion;
    private long _foreignCommitLogged;
    private StoreException? _refusal;

    /// <summary>Whether updates are refused until the store is opened again.</summary>
    public bool IsRefusing => _refusal is not null;

    /// <summary>Runs the updates. Each has its result or its error then, and is to be completed.</summary>
    public void Run(ReadOnlySpan<StoreUpdate> items)
    {
        if (TryRunTogether(items))
            return;

        while (items.Length > 0)
        {
            int culprit = RunBehindSavepoints(items);
            if (culprit == items.Length)
                return;

            // What ran before it was undone with it.
            Run(items[..culprit]);
            items = items[(culprit + 1)..];
        }
    }

    /// <summary>Begins a transaction.</summary>
    /// <param name="withProperties">Whether events carry properties, even if nobody wants them yet.</param>
    /// <exception cref="StoreException">The store takes no more updates.</exception>
    /// <exception cref="StoreInUseException">Another process has opened the file for writing.</exception>
    public void Begin(bool withProperties = false)
    {
        if (_refusal is not null)
            throw new StoreException($"'{file}' takes no updates until it is opened again, because the outcome of an earlier commit is unknown.", _refusal);

        updateContext.Begin(withProperties);
        session.Begin();
        if (session.DataVersion() is var version && version != _dataVersion)
        {
            DropWhatIsHeld();
            _dataVersion = version;
        }
    }

    /// <summary>Runs an update in the transaction that has begun. If it fails it is undone alone.</summary>
    /// <returns>False if the transaction is gone.</returns>
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

    /// <summary>Commits what was run, and publishes its events.</summary>
    /// <exception cref="StoreException">It is not committed, or nobody knows; <see cref="StoreException.IsOutcomeUnknown"/> tells.</exception>
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
            Overwrite(error);
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

    /// <summary>Undoes the transaction, if there is one.</summary>
    /// <exception cref="StoreException">It can't be undone.</exception>
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
            throw new StoreException($"'{file}': a transaction could not be undone: {error.Message}", error);
        }
    }

    /// <summary>Undoes the transaction.</summary>
    /// <returns>The error that its updates fail with.</returns>
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
            return new StoreException($"'{file}': a transaction failed and could not be undone.", new AggregateException(reported, undo));
        }
    }

    /// <summary>Runs updates in one transaction.</summary>
    /// <returns>False if an update failed after it had written, or took the transaction with it; then everything is undone.</returns>
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
#pragma warning disable CA1031 // Whatever happened to the transaction is reported to everyone in it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            FailAll(items, error);
        }

        return true;
    }

    /// <summary>Runs updates in one transaction, each behind a savepoint.</summary>
    /// <returns>The index of the update that took the transaction with it; the number of updates if none did.</returns>
    private int RunBehindSavepoints(ReadOnlySpan<StoreUpdate> items)
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
        int announced = updateContext.EventCount;
        ValueTask running = item.Run(updateContext);
        if (!running.IsCompleted)
            throw new InvalidOperationException("An update awaited something other than its session.");

        running.GetAwaiter().GetResult();
        if (item.Error is null)
            return;

        updateContext.Forget(announced);
        if (item.Error is SqliteException driver)
            item.Fail(SqliteErrors.Wrap(driver, file));
    }

    /// <summary>Overwrites the frames that a failed commit may have left in the log, so that no recovery takes them for committed.</summary>
    /// <exception cref="StoreException">That failed too, so the outcome of the commit is unknown.</exception>
    private void Overwrite(SqliteException error)
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
                $"'{file}': a commit failed, and so did the one that was to overwrite it: nobody knows whether the update is stored. {error.Message}",
                new AggregateException(error, second))
            { IsOutcomeUnknown = true };
            throw _refusal;
        }
    }

    private void DropWhatIsHeld()
    {
        updateContext.Cache.Clear();

        // A master that opens the file moves the numbers on, also if it announces nothing.
        bool hasNewEvents = log.Refresh();
        commits.Start(log.Sequence);
        if (hasNewEvents)
            storeContext.EventsWereLost(log.Sequence);
        if (!state.IsOurs())
        {
            throw new StoreInUseException(
                file, "Another process has opened it, although this one had its lock: was the lock file deleted? This process takes no more updates.");
        }

        // A program that changes the file all the time is not to fill the log.
        if (_foreignCommitLogged != 0 && Stopwatch.GetElapsedTime(_foreignCommitLogged) < TimeSpan.FromMinutes(1))
            return;

        _foreignCommitLogged = Stopwatch.GetTimestamp();
        storeContext.ForeignCommit(file);
    }
}
