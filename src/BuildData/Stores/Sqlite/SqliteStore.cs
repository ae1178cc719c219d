using Microsoft.Data.Sqlite;
using static BuildData.Stores.Sqlite.SynchronousTasks;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Represents the embedded store, which keeps all data in one SQLite file. One connection runs all updates. Reads use other connections,
/// and see only committed data.
/// </summary>
internal sealed class SqliteStore : IStore
{
    private readonly SqliteFile _file;
    private readonly StoreContext _context;
    private readonly ReadConnectionPool _readConnections;
    private readonly SqliteBackups _backups;
    private SqliteFileLock? _fileLock;
    private SqliteWriteSession? _writeSession;
    private WriterProcessRecord? _writerProcess;
    private SqliteEventLog? _eventLog;
    private SqliteWriteConnection? _writeConnection;
    private SqliteSnapshotStarter? _snapshotStarter;
    private SqliteWriter? _writer;
    private bool _isOpen;

    /// <summary>Creates the store. Does not open the file.</summary>
    public SqliteStore(SqliteFile file, StoreContext context)
    {
        _file = file;
        _context = context;
        context.Telemetry.ObserveQueue(() => _writer?.QueuedRequestCount ?? 0);
        context.Telemetry.ObserveWal(() => _writer is null ? 0 : WriteAheadLogSize());
        _readConnections = new ReadConnectionPool(file);
        _backups = new SqliteBackups(file);
    }

    public async Task Open(CancellationToken cancellationToken)
    {
        try
        {
            if (_file.IsReadOnly)
                await CheckReadOnlyFile(cancellationToken).ConfigureAwait(false);
            else
                OpenForWriting();
            _isOpen = true;
        }
        catch (SqliteException error)
        {
            throw SqliteErrors.Wrap(error, _file.Path);
        }
        finally
        {
            if (!_isOpen)
                CloseForWriting();
        }
    }

    public ValueTask<TResult> Read<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken) =>
        _readConnections.Read(read, state, cancellationToken);

    public ValueTask<(TResult Result, SnapshotPosition Position)> ReadAt<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken) =>
        _readConnections.Read(
            static async (session, args, token) =>
            {
                long sequence = await args.snapshotStarter.Begin((SqliteReadSession)session, token).ConfigureAwait(false);
                try
                {
                    return (await args.read(session, args.state, token).ConfigureAwait(false), SnapshotPosition.At(sequence));
                }
                finally
                {
                    await session.EndSnapshot().ConfigureAwait(false);
                }
            },
            (snapshotStarter: _snapshotStarter ?? throw new StoreReadOnlyException(_file.Path), read, state),
            cancellationToken);

    public void Write(StoreUpdate update, CancellationToken cancellationToken)
    {
        if (_writer is { } writer)
        {
            writer.RunOrQueue(update, cancellationToken);
            return;
        }

        update.Fail(new StoreReadOnlyException(_file.Path));
        update.Complete();
    }

    public Task<IStoreTransaction> BeginTransaction(CancellationToken cancellationToken) =>
        _writer is { } writer
            ? writer.Queue(new HostTransactionRequest(_writeConnection!, _context), cancellationToken)
            : Task.FromException<IStoreTransaction>(new StoreReadOnlyException(_file.Path));

    public Task MakeDurable(CancellationToken cancellationToken)
    {
        // With full durability, each commit of this process is durable, and so is the one that has opened the file.
        if (_context.Options.Durability == Durability.Full)
            return Task.CompletedTask;

        return _writer is { } writer
            ? writer.Queue(new DurableCommitRequest(_writeConnection!), cancellationToken)
            : Task.FromException(new StoreReadOnlyException(_file.Path));
    }

    public Task<CopyConnection> OpenForCopy(CopyRole role, CancellationToken cancellationToken) =>
        Task.FromResult<CopyConnection>(SqliteCopyConnection.Open(_file, role, _context.Telemetry));

    public Task BackupTo(string file, CancellationToken cancellationToken) => _backups.Run(file, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _backups.DisposeAsync().ConfigureAwait(false);
        if (_writer is not null)
            await _writer.DisposeAsync().ConfigureAwait(false);
        await _readConnections.DisposeAsync().ConfigureAwait(false);
        try
        {
            if (_isOpen && _writeSession is not null)
                MarkClosed();
        }
        finally
        {
            CloseForWriting();
        }
    }

    private void OpenForWriting()
    {
        if (Directory.Exists(_file.Path))
            throw new StoreException($"'{_file.Path}' is a directory.");

        _fileLock = SqliteFileLock.Acquire(_file);
        SqliteConnection connection = _file.OpenForWriting();
        _writeSession = new SqliteWriteSession(connection);
        SqliteSchema.RequireSupportedVersion(_writeSession, _file.Path);
        WriteConnectionSettings.ApplyToNewFile(connection);
        WriteConnectionSettings.Apply(connection, Durability.Full, _file.Options.LogSizeLimit);
        (long from, long to) = SqliteSchema.Migrate(connection);
        _context.Telemetry.StoreMigrated(_file.Path, from, to);
        ThrowIfFailed(CopyConnection.ThrowIfUnfinished(_writeSession, _file.Path, CancellationToken.None));

        _writerProcess = new WriterProcessRecord(_writeSession);
        _eventLog = new SqliteEventLog(_writeSession, _context.Options);
        _writeSession.Begin();
        EventCursor last = _eventLog.InitializeLastSequence(wasFileClosed: _writerProcess.MarkOpenedAndCheckWasClosed());
        long masterId = SqliteMastersTable.MarkMasterActive(_writeSession, _context.Options);
        long dataVersion = _writeSession.ReadDataVersion();
        _writeSession.Commit();

        // The opening was committed with full durability, so that a power cut can't undo it. Updates use the durability of the options.
        WriteConnectionSettings.Apply(connection, _context.Options.Durability, _file.Options.LogSizeLimit);
        _context.Events.Start(last, _eventLog.KeepsEvents);
        _file.OpenGuard();
        var commitTracker = new CommitTracker();
        commitTracker.SetLastSequence(last.Sequence);
        _snapshotStarter = new SqliteSnapshotStarter(commitTracker);
        _writeConnection = new SqliteWriteConnection(_writeSession, new UpdateContext(_writeSession, _context, masterId), _context, _eventLog, _writerProcess, commitTracker, _file, dataVersion);
        _writer = new SqliteWriter(new BatchRunner(_writeConnection, _context), _writeSession, _file, _readConnections.Gate, _context);
        _context.Telemetry.StoreOpened(_file.Path, masterId);
    }

    private async ValueTask CheckReadOnlyFile(CancellationToken cancellationToken)
    {
        await _readConnections.Read(
            static (session, path, _) =>
            {
                SqliteSchema.RequireSupportedVersion(session, path);
                SqliteSchema.RequireNewestVersion(session, path);
                ThrowIfFailed(CopyConnection.ThrowIfUnfinished(session, path, CancellationToken.None));
                return new ValueTask<bool>(true);
            },
            _file.Path,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Records in the database that this process has closed the file. Otherwise the next process that opens the file would assume that this
    /// process was killed.
    /// </summary>
    private void MarkClosed()
    {
        try
        {
            // The outcome of a commit is unknown, and its pages may still be in the write-ahead log. Another commit could confirm them.
            if (_writeConnection!.RefusesUpdates)
                return;

            _writeSession!.Begin();
            if (!_writerProcess!.IsMarkedByThisProcess())
            {
                _writeSession.Rollback();
                return;
            }

            SqliteMastersTable.MarkMasterInactive(_writeSession, _context.Options);
            _eventLog!.StoreLastSequence();
            _writerProcess.MarkClosed();
            _writeSession.Commit();
        }
        catch (SqliteException error)
        {
            throw SqliteErrors.Wrap(error, _file.Path);
        }

        _context.Telemetry.StoreClosed(_file.Path);
    }

    private void CloseForWriting()
    {
        try
        {
            _writeSession?.Dispose();
        }
        finally
        {
            _writeSession = null;
            _file.Dispose();
            _fileLock?.Dispose();
            _fileLock = null;
        }
    }

    private long WriteAheadLogSize()
    {
        var log = new FileInfo(_file.WriteAheadLogPath);
        return log.Exists ? log.Length : 0;
    }
}
