using Microsoft.Data.Sqlite;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Represents the embedded store: one SQLite file with one writer. Reads use their own connections and see committed data.
/// </summary>
internal sealed class SqliteStore : IStore
{
    private readonly SqliteFile _file;
    private readonly StoreContext _context;
    private readonly SqliteReaders _readers;
    private SqliteFileLock? _lock;
    private SqliteWriteSession? _session;
    private SqliteFileState? _state;
    private SqliteEventWriter? _log;
    private SqliteWriteConnection? _connection;
    private SqliteSnapshots? _snapshots;
    private SqliteWriter? _writer;
    private bool _isOpen;

    public SqliteStore(SqliteFile file, StoreContext context)
    {
        _file = file;
        _context = context;
        context.Telemetry.ObserveQueue(() => _writer?.QueuedCount ?? 0);
        context.Telemetry.ObserveWal(() => _writer is null ? 0 : LogSize());
        _readers = new SqliteReaders(file);
    }

    public async Task Open(CancellationToken cancellationToken)
    {
        try
        {
            if (_file.IsReadOnly)
                await CheckForReading(cancellationToken).ConfigureAwait(false);
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
                CloseWriter();
        }
    }

    public ValueTask<TResult> Read<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken) =>
        _readers.Read(read, state, cancellationToken);

    public ValueTask<(TResult Result, SnapshotPosition Position)> ReadAt<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken) =>
        _readers.Read(
            static async (session, args, token) =>
            {
                long sequence = await args.snapshots.Begin((SqliteReadSession)session, token).ConfigureAwait(false);
                try
                {
                    return (await args.read(session, args.state, token).ConfigureAwait(false), SnapshotPosition.At(sequence));
                }
                finally
                {
                    await session.EndSnapshot().ConfigureAwait(false);
                }
            },
            (snapshots: _snapshots ?? throw new StoreReadOnlyException(_file.Path), read, state),
            cancellationToken);

    public void Write(StoreUpdate update, CancellationToken cancellationToken)
    {
        if (_writer is { } writer)
        {
            writer.Run(update, cancellationToken);
            return;
        }

        update.Fail(new StoreReadOnlyException(_file.Path));
        update.Complete();
    }

    public Task<IStoreTransaction> BeginTransaction(CancellationToken cancellationToken) =>
        _writer is { } writer
            ? writer.Begin(new SqliteHostTransaction(_connection!, _context), cancellationToken)
            : Task.FromException<IStoreTransaction>(new StoreReadOnlyException(_file.Path));

    public async ValueTask DisposeAsync()
    {
        if (_writer is not null)
            await _writer.DisposeAsync().ConfigureAwait(false);
        await _readers.DisposeAsync().ConfigureAwait(false);
        try
        {
            if (_isOpen && _session is not null)
                RecordClosing();
        }
        finally
        {
            CloseWriter();
        }
    }

    private void OpenForWriting()
    {
        if (Directory.Exists(_file.Path))
            throw new StoreException($"'{_file.Path}' is a directory.");

        _lock = SqliteFileLock.Take(_file);
        SqliteConnection connection = _file.OpenForWriting();
        _session = new SqliteWriteSession(connection);
        SqliteSchema.Check(_session, _file.Path);
        SqliteSchema.Configure(connection, Durability.Full, _file.Options.LogSizeLimit);
        (long from, long to) = SqliteSchema.Migrate(connection);
        _context.Telemetry.StoreMigrated(_file.Path, from, to);

        _state = new SqliteFileState(_session);
        _log = new SqliteEventWriter(_session, _context.Options);
        _session.Begin();
        EventCursor last = _log.Open(wasClosed: _state.RecordOpening());
        long masterId = SqliteMasters.RecordOpening(_session, _context.Options);
        long dataVersion = _session.DataVersion();
        _session.Commit();

        // The opening was committed with full durability, so that a power cut can't undo it. Updates use the durability of the options.
        SqliteSchema.Configure(connection, _context.Options.Durability, _file.Options.LogSizeLimit);
        _context.Events.Start(last, _log.KeepsEvents);
        var commits = new CommitState();
        commits.Start(last.Sequence);
        _snapshots = new SqliteSnapshots(commits);
        _connection = new SqliteWriteConnection(_session, new UpdateContext(_session, _context, masterId), _context, _log, _state, commits, _file.Path, dataVersion);
        _writer = new SqliteWriter(new BatchRunner(_connection, _context), _session, _file, _readers.Gate, _context);
        _context.Telemetry.StoreOpened(_file.Path, masterId);
    }

    private async ValueTask CheckForReading(CancellationToken cancellationToken)
    {
        await _readers.Read(
            static (session, path, _) =>
            {
                SqliteSchema.Check(session, path);
                SqliteSchema.RequireNewest(session, path);
                return new ValueTask<bool>(true);
            },
            _file.Path,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Records that this master has closed the file. If this fails, the next opening treats the master as killed.
    /// </summary>
    private void RecordClosing()
    {
        try
        {
            // After a commit of unknown outcome nothing more may be written, because its frames may still be in the write-ahead log.
            if (_connection!.IsRefusing)
                return;

            _session!.Begin();
            if (!_state!.IsOurs())
            {
                _session.Rollback();
                return;
            }

            SqliteMasters.RecordClosing(_session, _context.Options);
            _log!.Close();
            _state.RecordClosing();
            _session.Commit();
        }
        catch (SqliteException error)
        {
            throw SqliteErrors.Wrap(error, _file.Path);
        }

        _context.Telemetry.StoreClosed(_file.Path);
    }

    private void CloseWriter()
    {
        try
        {
            _session?.Dispose();
        }
        finally
        {
            _session = null;
            _lock?.Dispose();
            _lock = null;
        }
    }

    private long LogSize()
    {
        var log = new FileInfo(_file.LogPath);
        return log.Exists ? log.Length : 0;
    }
}
