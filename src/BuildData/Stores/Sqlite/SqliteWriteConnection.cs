using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Runs transactions on the write connection of a SQLite store. A store has only one write connection. Implements the steps that
/// <see cref="BatchRunner"/> lists. All methods run synchronously, so each task that a method returns has already completed.
/// </summary>
/// <remarks>
/// <para>Failed commits: if SQLite reports an I/O error during a commit, the write-ahead log may contain changed pages of the transaction.
/// SQLite calls these pages frames. If SQLite later recovers the log after a crash, it would treat the frames as committed. Therefore a
/// second commit overwrites the frames at once. The updates of the transaction still fail.</para>
/// <para>If the second commit fails too, it is unknown whether the transaction is committed. The updates fail with a
/// <see cref="StoreException"/> whose <see cref="StoreException.IsOutcomeUnknown"/> is true. This connection then refuses all later
/// updates. The host program must open the store again.</para>
/// <para>Moved files: SQLite would also commit to a file that was deleted, and to a write-ahead log that was deleted. Such a commit would be lost
/// with the process. At the beginning of each transaction, this class checks that both files are in their places.</para>
/// <para>Foreign commits: another program can also write to the file. At the beginning of each transaction, this class checks whether
/// another connection has committed since the previous transaction. If so, this class clears the cache of rows.</para>
/// </remarks>
internal sealed class SqliteWriteConnection(
    SqliteWriteSession session, UpdateContext updateContext, StoreContext storeContext, SqliteEventLog eventLog, WriterProcessRecord writerProcess, CommitTracker commitTracker, SqliteFile file, long dataVersion)
    : StoreConnection
{
    private long _dataVersion = dataVersion;
    private long _foreignCommitLogged;
    private StoreException? _refusal;
    private bool _isRunningUpdates;

    public override UpdateContext UpdateContext => updateContext;

    // One commit for all updates costs less than one for each, because a commit waits for the disk.
    public override bool UsesSavepointPerUpdate => true;

    /// <summary>
    /// Gets whether the connection refuses all updates, because the outcome of an earlier commit is unknown.
    /// </summary>
    public bool RefusesUpdates => _refusal is not null;

    /// <exception cref="StoreException">
    /// The store refuses updates until it is opened again, or the file or its write-ahead log was moved, deleted or replaced.
    /// </exception>
    /// <exception cref="StoreInUseException">Another process has opened the file for writing.</exception>
    /// <inheritdoc/>
    public override ValueTask Begin(TableSet tables, bool waitsForLocks, CancellationToken cancellationToken)
    {
        BeginTransaction(withProperties: false);
        return ValueTask.CompletedTask;
    }

    /// <summary>Begins a transaction.</summary>
    /// <param name="withProperties">
    /// Whether the events of builds and build requests include properties even if no subscription needs the properties.
    /// </param>
    /// <exception cref="StoreException">
    /// The store refuses updates until it is opened again, or the file or its write-ahead log was moved, deleted or replaced.
    /// </exception>
    /// <exception cref="StoreInUseException">Another process has opened the file for writing.</exception>
    public void BeginTransaction(bool withProperties)
    {
        _isRunningUpdates = false;
        if (_refusal is not null)
            throw new StoreException($"'{file.Path}' accepts no updates, because the outcome of an earlier commit is unknown. Dispose the master and open the file again.", _refusal);

        file.EnsureInPlace();
        updateContext.Begin(withProperties);
        session.Begin();
        if (session.ReadDataVersion() is var version && version != _dataVersion)
        {
            HandleForeignCommit();
            _dataVersion = version;
        }

        _isRunningUpdates = true;
    }

    /// <exception cref="StoreException">It is unknown whether the transaction is committed: <see cref="StoreException.IsOutcomeUnknown"/> is true.</exception>
    /// <exception cref="SqliteException">The commit has failed, and the transaction is not committed.</exception>
    /// <inheritdoc/>
    public override ValueTask Commit()
    {
        _isRunningUpdates = false;
        long first = eventLog.NumberAndStoreEvents(updateContext, commitTracker.WasLastCommitSlow);
        commitTracker.RecordCommitStart(updateContext.EventCount, eventLog.KeepsEvents || commitTracker.WasLastCommitSlow);
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
            commitTracker.RecordCommitEnd(succeeded, Stopwatch.GetElapsedTime(start));
        }

        eventLog.AdvanceLastSequence(updateContext.EventCount);
        storeContext.Events.Dispatcher.Publish(updateContext.Events, first, updateContext.At);
        updateContext.Events.Clear();
        return ValueTask.CompletedTask;
    }

    /// <summary>Makes a commit that waits until its change, and those of all earlier commits, are on the disk.</summary>
    /// <inheritdoc cref="Commit"/>
    public void CommitDurably()
    {
        session.SetDurability(Durability.Full);
        try
        {
            BeginTransaction(withProperties: false);
            writerProcess.ForceDiskWriteAtCommit();
            SynchronousTasks.ThrowIfFailed(Commit());
        }
        finally
        {
            // SQLite can't change the durability inside a transaction.
            session.Rollback();
            session.SetDurability(storeContext.Options.Durability);
        }
    }

    public override ValueTask Rollback()
    {
        updateContext.OnRolledBack(0);
        eventLog.ScheduleExpiryCheck();
        try
        {
            session.Rollback();
            return ValueTask.CompletedTask;
        }
        catch (SqliteException error)
        {
            throw new StoreException($"A transaction of '{file.Path}' could not be rolled back: {error.Message}", error);
        }
    }

    public override ValueTask BeginSavepoint()
    {
        session.BeginSavepoint();
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
            throw new StoreException($"SQLite has rolled back the transaction of '{file.Path}' because an update failed.");

        session.RollbackToSavepoint();
        return ValueTask.CompletedTask;
    }

    public override bool IsDatabaseError(Exception error) => error is SqliteException;

    public override Exception Wrap(Exception error) => error is SqliteException driver ? SqliteErrors.Wrap(driver, file.Path) : error;

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
                $"A transaction of '{file.Path}' failed and could not be rolled back: {reported.Message}", new AggregateException(reported, undo)));
        }
    }

    /// <summary>
    /// Overwrites the pages that a failed commit may have left in the write-ahead log. Otherwise SQLite would treat these pages as committed
    /// if it later recovers the log after a crash.
    /// </summary>
    /// <param name="error">The error of the failed commit.</param>
    /// <exception cref="StoreException">The pages could not be overwritten. The outcome of the failed commit is unknown.</exception>
    private void OverwriteFailedCommit(SqliteException error)
    {
        try
        {
            session.Rollback();
            session.Begin();
            writerProcess.ForceDiskWriteAtCommit();
            session.Commit();
        }
        catch (SqliteException second)
        {
            _refusal = new StoreException(
                $"It is unknown whether an update of '{file.Path}' is stored: its commit failed, and so did the commit that should overwrite it. {error.Message}",
                new AggregateException(error, second))
            { IsOutcomeUnknown = true };
            throw _refusal;
        }
    }

    /// <summary>
    /// Handles a commit of another program: clears the cache of rows, and reads the last sequence number from the database again.
    /// </summary>
    /// <exception cref="StoreInUseException">Another process has opened the file for writing.</exception>
    private void HandleForeignCommit()
    {
        updateContext.Cache.Clear();

        // Another master that has opened the file may have skipped sequence numbers, even if it has announced no event.
        bool hasNewEvents = eventLog.RefreshLastSequence();
        commitTracker.SetLastSequence(eventLog.LastSequence);
        if (hasNewEvents)
            storeContext.Events.EndAllAsLost(eventLog.LastSequence);
        if (!writerProcess.IsMarkedByThisProcess())
        {
            throw new StoreInUseException(
                file.Path, "Another process has opened the file although this process holds the lock of the file. Check whether the lock file was deleted. This process accepts no more updates.");
        }

        // At most one message a minute: another program may change the file all the time.
        if (_foreignCommitLogged != 0 && Stopwatch.GetElapsedTime(_foreignCommitLogged) < TimeSpan.FromMinutes(1))
            return;

        _foreignCommitLogged = Stopwatch.GetTimestamp();
        storeContext.Telemetry.LogForeignCommit(file.Path);
    }
}
