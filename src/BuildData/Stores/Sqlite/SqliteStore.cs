using Microsoft.Data.Sqlite;

namespace BuildData.Stores.Sqlite;

/// <summary>The embedded store: one SQLite file, one writer, readers that see committed snapshots.</summary>
internal sealed class SqliteStore : IStore
{
    private readonly SqliteFile _file;
    private readonly StoreContext _context;
    private readonly SqliteReaders _readers;
    private SqliteFileLock? _lock;
    private SqliteWriteSession? _session;
    private SqliteEventLog? _log;
    private SqliteBatch? _batch;
    private SqliteWriter? _writer;
    private bool _isOpen;

    public SqliteStore(SqliteFile file, StoreContext context)
    {
        _file = file;
        _context = context;
        context.ObserveQueue(() => _writer?.Waiting ?? 0);
        _readers = new SqliteReaders(file);
    }

    public Task Open(CancellationToken cancellationToken)
    {
        try
        {
            if (_file.IsReadOnly)
                CheckForReading();
            else
                OpenForWriting();
            _isOpen = true;
            return Task.CompletedTask;
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

    public ValueTask<(TResult Result, long Sequence)> ReadAt<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken) =>
        _readers.Read(
            static async (session, args, token) =>
            {
                long sequence = args.batch.BeginSnapshot((SqliteReadSession)session);
                try
                {
                    return (await args.read(session, args.state, token).ConfigureAwait(false), sequence);
                }
                finally
                {
                    await session.EndSnapshot().ConfigureAwait(false);
                }
            },
            (batch: _batch ?? throw new StoreReadOnlyException(_file.Path), read, state),
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
            ? writer.Begin(new SqliteHostTransaction(_batch!, _context), cancellationToken)
            : Task.FromException<IStoreTransaction>(new StoreReadOnlyException(_file.Path));

    public async ValueTask DisposeAsync()
    {
        if (_writer is not null)
            await _writer.DisposeAsync().ConfigureAwait(false);
        await _readers.DisposeAsync().ConfigureAwait(false);
        try
        {
            if (_isOpen && _session is not null)
            {
                SqliteMasters.Leave(_session, _context.Options, _log!);
                _context.StoreClosed(_file.Path);
            }
        }
        catch (SqliteException error)
        {
            throw SqliteErrors.Wrap(error, _file.Path);
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

        _lock = SqliteFileLock.Take(_file.Path);
        SqliteConnection connection = _file.OpenForWriting();
        _session = new SqliteWriteSession(connection);
        SqliteSchema.Check(connection, _file.Path);
        SqliteSchema.Configure(connection, _context.Options.Durability);
        (long from, long to) = SqliteSchema.Migrate(connection);
        _context.StoreMigrated(_file.Path, from, to);

        long masterId = SqliteMasters.Enter(_session, _context.Options);
        _log = new SqliteEventLog(_session, _context.Options);
        _log.Open();
        _context.StartEvents(_log.Sequence, _log.KeepsEvents);
        _batch = new SqliteBatch(_session, new UpdateScope(_session, _context, masterId), _context, _log, _file.Path);
        _writer = new SqliteWriter(_batch);
        _context.StoreOpened(_file.Path, masterId);
    }

    private void CheckForReading()
    {
        using SqliteConnection connection = _file.OpenForChecking();
        SqliteSchema.Check(connection, _file.Path);
        SqliteSchema.RequireNewest(connection, _file.Path);
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
}
