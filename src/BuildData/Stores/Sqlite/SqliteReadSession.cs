using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>A connection of its own for one read at a time.</summary>
internal sealed class SqliteReadSession : ReadSession, IDisposable
{
    private readonly sqlite3 _connection;
    private readonly FileStamp? _stamp;
    private readonly SqliteCommands _commands;
    private readonly SqliteStatement _begin;
    private SqliteStatement? _touch;
    private readonly SqliteStatement _end;

    /// <summary>Makes a session.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="mapsMemory">Whether SQLite maps the file into memory.</param>
    /// <param name="stamp">What the file looked like when it was opened, if it is read without locks; otherwise null.</param>
    public SqliteReadSession(sqlite3 connection, bool mapsMemory, FileStamp? stamp)
    {
        _connection = connection;
        _stamp = stamp;
        _commands = new SqliteCommands(connection);

        // As much as SQLite maps.
        if (mapsMemory)
            Run(connection, "PRAGMA mmap_size = 2147418112");

        // Negative: in KiB. The default of 2 MiB is for programs that have one connection and little memory.
        Run(connection, "PRAGMA cache_size = -8192");

        _begin = new SqliteStatement(connection, "BEGIN");
        _end = new SqliteStatement(connection, "COMMIT");
    }

    public override SqlDialect Dialect { get; } = new();

    /// <summary>Whether what the connection has read of the file is still in it.</summary>
    public bool IsCurrent(SqliteFile file) => _stamp is null || _stamp == FileStamp.Of(file.Path);

    public override ValueTask Query(SqlBuilder sql, RowSink sink, CancellationToken cancellationToken)
    {
        _commands.Query(sql, sink, cancellationToken);
        return ValueTask.CompletedTask;
    }

    public override ValueTask BeginSnapshot(CancellationToken cancellationToken)
    {
        _begin.Run([]);
        return ValueTask.CompletedTask;
    }

    /// <summary>Begins a snapshot of the state at this moment: SQLite itself would wait for the first read.</summary>
    public void BeginSnapshotNow()
    {
        _begin.Run([]);
        try
        {
            _touch ??= new SqliteStatement(_connection, "SELECT position FROM event_log");
            _touch.Run([]);
        }
        catch
        {
            _end.Run([]);
            throw;
        }
    }

    public override ValueTask EndSnapshot()
    {
        // A failing statement may have ended it already.
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
        _touch?.Dispose();
        _end.Dispose();
        _commands.Dispose();
        _connection.Dispose();
    }
}
