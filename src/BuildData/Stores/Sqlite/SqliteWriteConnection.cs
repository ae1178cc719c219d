using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>Runs transactions on the connection that writes. All members complete synchronously.</summary>
/// <remarks>
/// <para>Failed commits: if SQLite reports an I/O error during a commit, the write-ahead log may contain the transaction's frames,
/// and the next recovery would treat them as committed. So another commit overwrites them at once, and the updates fail. If that
/// commit fails too, the outcome is unknown. The updates fail with <see cref="StoreException.IsOutcomeUnknown"/>, and the store
/// refuses updates until it is opened again.</para>
/// <para>Foreign commits: each transaction checks whether another connection has committed since the last one. If so, cached rows
/// may be stale, and the cache is cleared.</para>
/// </remarks>
internal sealed class SqliteWriteConnection(
    SqliteWriteSession session, UpdateContext updateContext, StoreContext storeContext, SqliteEventWriter log, SqliteFileState state, CommitState commits, string file, long dataVersion)
    : StoreConnection
{
    private long _dataVersion = dataVersion;
    private long _foreignCommitLogged;
    private StoreException? _refusal;
    private bool _isRunningUpdates;

    public override UpdateContext UpdateContext => updateContext;

    // One commit for all updates costs less than one for each, because a commit waits for the disk.
    public override bool SeparatesBySavepoints => true;

    /// <summary>Gets whether updates are refused until the store is opened again, because the outcome of a commit is unknown.</summary>
    public bool IsRefusing => _refusal is not null;

    /// <exception cref="StoreException">The store refuses updates until it is opened again.</exception>
    /// <exception cref="StoreInUseException">Another process has opened the file for writing.</exception>
    /// <inheritdoc/>
    public override ValueTask Begin(TableSet tables, bool waits, CancellationToken cancellationToken)
    {
        Begin(withProperties: false);
        return ValueTask.CompletedTask;
    }

    /// <summary>Begins a transaction.</summary>
    /// <param name="withProperties">Whether events carry properties even if no subscriber has asked for them yet.</param>
    public void Begin(bool withProperties)
    {
        _isRunningUpdates = false;
        if (_refusal is not null)
            throw new StoreException($"'{file}' accepts no updates, because the outcome of an earlier commit is unknown. Dispose the master and open the file again.", _refusal);

        updateContext.Begin(withProperties);
        session.Begin();
        if (session.DataVersion() is var version && version != _dataVersion)
        {
            HandleForeignCommit();
            _dataVersion = version;
        }

        _isRunningUpdates = true;
    }

    /// <exception cref="StoreException">The outcome is unknown: <see cref="StoreException.IsOutcomeUnknown"/> is true.</exception>
    /// <exception cref="SqliteException">The transaction is not committed.</exception>
    /// <inheritdoc/>
    public override ValueTask Commit()
    {
        _isRunningUpdates = false;
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

        log.OnCommitted(updateContext.EventCount);
        storeContext.Events.Dispatcher.Publish(updateContext.Events, first, updateContext.At);
        updateContext.Events.Clear();
        return ValueTask.CompletedTask;
    }

    public override ValueTask Rollback()
    {
        updateContext.OnRolledBack(0);
        log.OnRolledBack();
        try
        {
            session.Rollback();
            return ValueTask.CompletedTask;
        }
        catch (SqliteException error)
        {
            throw new StoreException($"A transaction of '{file}' could not be rolled back: {error.Message}", error);
        }
    }

    public override ValueTask BeginSavepoint()
    {
        session.Savepoint();
        return ValueTask.CompletedTask;
    }

    public override ValueTask ReleaseSavepoint()
    {
        session.ReleaseSavepoint();
        return ValueTask.CompletedTask;
    }

    public override ValueTask RollbackToSavepoint()
    {
        // SQLite itself rolls back the whole transaction when the disk is full, and a trigger can do so.
        if (!session.IsInTransaction)
            throw new StoreException($"SQLite has rolled back the transaction of '{file}' because an update failed.");

        session.RollbackToSavepoint();
        return ValueTask.CompletedTask;
    }

    public override bool IsDatabaseError(Exception error) => error is SqliteException;

    public override Exception Wrap(Exception error) => error is SqliteException driver ? SqliteErrors.Wrap(driver, file) : error;

    public override async ValueTask<Recovery> Recover(Exception error, FailedAttempt attempt)
    {
        bool isOfOneUpdate = _isRunningUpdates && error is SqliteException && attempt is { Updates: > 1, CanRunAgain: true };
        Exception reported = Wrap(error);
        try
        {
            await Rollback().ConfigureAwait(false);
            return isOfOneUpdate ? Recovery.RunSeparately : Recovery.Fail(reported);
        }
        catch (StoreException undo)
        {
            return Recovery.Fail(new StoreException(
                $"A transaction of '{file}' failed and could not be rolled back: {reported.Message}", new AggregateException(reported, undo)));
        }
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
            state.WriteAnyPage();
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
            storeContext.Events.EndAllAsLost(log.Sequence);
        if (!state.IsOurs())
        {
            throw new StoreInUseException(
                file, "Another process has opened it although this process holds its lock. Check whether the lock file was deleted. This process accepts no more updates.");
        }

        // A program that changes the file all the time must not flood the host's log.
        if (_foreignCommitLogged != 0 && Stopwatch.GetElapsedTime(_foreignCommitLogged) < TimeSpan.FromMinutes(1))
            return;

        _foreignCommitLogged = Stopwatch.GetTimestamp();
        storeContext.Telemetry.LogForeignCommit(file);
    }
}
