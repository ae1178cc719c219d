using Microsoft.Data.Sqlite;

namespace BuildData.Stores.Sqlite;

/// <summary>The embedded store: one SQLite file, one writer, readers that see committed snapshots.</summary>
internal sealed class SqliteStore : IStore
{
    private readonly SqliteFile _file;
    private readonly BuildDataOptions _options;
    private readonly EventHub _events;
    private readonly Telemetry _telemetry;
    private readonly SqliteReaders _readers;
    private SqliteFileLock? _lock;
    private SqliteWriteSession? _session;
    private SqliteEventLog? _log;
    private SqliteBatch? _batch;
    private SqliteWriter? _writer;
    private bool _isOpen;

    public SqliteStore(SqliteFile file, BuildDataOptions options, EventHub events, Telemetry telemetry)
    {
        _file = file;
        _options = options;
        _events = events;
        _telemetry = telemetry;
        _telemetry.ObserveQueue(() => _writer?.Waiting ?? 0);
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

    public Task<TResult> Write<TArgs, TResult>(UpdateBody<TArgs, TResult> body, TArgs args, CancellationToken cancellationToken) =>
        _writer is { } writer
            ? writer.Run(body, args, cancellationToken)
            : Task.FromException<TResult>(new StoreReadOnlyException(_file.Path));

    public Task<IStoreTransaction> BeginTransaction(CancellationToken cancellationToken) =>
        _writer is { } writer
            ? writer.Begin(new SqliteHostTransaction(_batch!, _telemetry), cancellationToken)
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
                SqliteMasters.Leave(_session, _options, _log!);
                Log.StoreClosed(_telemetry.Logger, _file.Path);
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
        SqliteSchema.Configure(connection, _options.Durability);
        (long from, long to) = SqliteSchema.Migrate(connection);
        if (from is not 0 && from != to)
            Log.StoreMigrated(_telemetry.Logger, _file.Path, from, to);

        var scope = new UpdateScope(_session, new HeldRows(), _options) { MasterId = SqliteMasters.Enter(_session, _options) };
        _log = new SqliteEventLog(_session, _options);
        _log.Open();
        _events.Start(_log.Sequence);
        _batch = new SqliteBatch(_session, scope, _events, _log, _telemetry, _file.Path);
        _writer = new SqliteWriter(_batch);
        Log.StoreOpened(_telemetry.Logger, _file.Path, _options.MasterName, scope.MasterId);
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
