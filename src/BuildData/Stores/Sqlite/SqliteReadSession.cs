using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>Represents a SQLite connection that only reads. Not thread-safe: only one read at a time may use the session.</summary>
internal sealed class SqliteReadSession : ReadSession, IDisposable
{
    private readonly sqlite3 _connection;
    private readonly FileChangeStamp? _stamp;
    private readonly PreparedQueryRunner _queries;
    private readonly SqliteStatement _begin;
    private SqliteStatement? _firstRead;
    private readonly SqliteStatement _end;

    /// <summary>Creates a session on an open connection, and configures the connection.</summary>
    /// <param name="connection">The native connection. The session disposes it.</param>
    /// <param name="mapsMemory">Whether SQLite maps the file into memory.</param>
    /// <param name="stamp">
    /// If the connection reads without locks, the attributes that the file had before the connection was opened; otherwise null.
    /// </param>
    public SqliteReadSession(sqlite3 connection, bool mapsMemory, FileChangeStamp? stamp)
    {
        _connection = connection;
        _stamp = stamp;
        _queries = new PreparedQueryRunner(connection);

        try
        {
            // In bytes: the most that SQLite can map.
            if (mapsMemory)
                Run(connection, "PRAGMA mmap_size = 2147418112");

            // A negative number is a size in KiB. The default of 2 MiB is meant for programs with one connection and little memory.
            Run(connection, "PRAGMA cache_size = -8192");

            _begin = new SqliteStatement(connection, "BEGIN");
            _end = new SqliteStatement(connection, "COMMIT");
        }
        catch
        {
            // The file can be damaged. An open connection would keep SQLite's locks and index of a file that is replaced afterwards.
            _begin?.Dispose();
            connection.Dispose();
            throw;
        }
    }

    public override SqlDialect Dialect { get; } = new();

    /// <summary>Gets the native connection, for functions that need no statement. The session disposes it.</summary>
    public sqlite3 Connection => _connection;

    /// <summary>
    /// Returns whether the file is unchanged since the connection was opened. If the connection reads with locks, returns true without a
    /// check.
    /// </summary>
    public bool IsFileUnchanged(SqliteFile file) => _stamp is null || _stamp == FileChangeStamp.Of(file.Path);

    public override ValueTask Query(SqlBuilder sql, RowSink sink, CancellationToken cancellationToken)
    {
        _queries.Run(sql, sink, cancellationToken);
        return ValueTask.CompletedTask;
    }

    public override ValueTask BeginSnapshot(CancellationToken cancellationToken)
    {
        _begin.Run([]);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Begins a snapshot of the current state of the database. By contrast, a snapshot that <see cref="BeginSnapshot"/> begins has the
    /// state at the time of the first query.
    /// </summary>
    public void BeginSnapshotNow()
    {
        _begin.Run([]);
        try
        {
            _firstRead ??= new SqliteStatement(_connection, "SELECT position FROM event_log");
            _firstRead.Run([]);
        }
        catch
        {
            _end.Run([]);
            throw;
        }
    }

    public override ValueTask EndSnapshot()
    {
        // A failed statement may have ended the transaction already.
        if (raw.sqlite3_get_autocommit(_connection) == 0)
            _end.Run([]);
        return ValueTask.CompletedTask;
    }

    private static void Run(sqlite3 connection, string sql)
    {
        using var statement = new SqliteStatement(connection, sql);
        statement.Run([]);
    }

    public void Dispose()
    {
        _begin.Dispose();
        _firstRead?.Dispose();
        _end.Dispose();
        _queries.Dispose();
        _connection.Dispose();
    }
}
