using Microsoft.Data.Sqlite;

namespace BuildData.Stores.Sqlite;

/// <summary>The embedded store: one SQLite file, one writer, readers that see committed snapshots.</summary>
internal sealed class SqliteStore : IStore
{
    private readonly SqliteFile _file;
    private readonly BuildDataOptions _options;
    private readonly EventHub _events;
    private readonly SqliteReaders _readers;
    private SqliteFileLock? _lock;
    private SqliteWriteSession? _session;
    private SqliteWriter? _writer;
    private bool _isOpen;

    public SqliteStore(SqliteFile file, BuildDataOptions options, EventHub events)
    {
        _file = file;
        _options = options;
        _events = events;
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

    public Task<TResult> Write<TArgs, TResult>(UpdateBody<TArgs, TResult> body, TArgs args, CancellationToken cancellationToken) =>
        _writer is { } writer
            ? writer.Run(body, args, cancellationToken)
            : Task.FromException<TResult>(new StoreReadOnlyException(_file.Path));

    public async ValueTask DisposeAsync()
    {
        if (_writer is not null)
            await _writer.DisposeAsync().ConfigureAwait(false);
        await _readers.DisposeAsync().ConfigureAwait(false);
        try
        {
            if (_isOpen && _session is not null)
                SqliteMasters.Leave(_session, _options);
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
        SqliteSchema.Migrate(connection);

        var scope = new UpdateScope(_session, new HeldRows(), _options) { MasterId = SqliteMasters.Enter(_session, _options) };
        _writer = new SqliteWriter(new SqliteBatch(_session, scope, _events, _file.Path));
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
