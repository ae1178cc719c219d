using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>A connection of its own for one read at a time.</summary>
internal sealed class SqliteReadSession : ReadSession, IDisposable
{
    private readonly sqlite3 _connection;
    private readonly SqliteCommands _commands;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _touch;
    private readonly SqliteStatement _end;

    public SqliteReadSession(sqlite3 connection)
    {
        _connection = connection;
        _commands = new SqliteCommands(connection);

        // As much as SQLite maps. A long history is read half as fast without: every page of it would be copied by a call.
        using (var map = new SqliteStatement(connection, "PRAGMA mmap_size = 2147418112"))
            map.Run([]);

        _begin = new SqliteStatement(connection, "BEGIN");
        _touch = new SqliteStatement(connection, "SELECT position FROM event_log");
        _end = new SqliteStatement(connection, "COMMIT");
    }

    public override SqlDialect Dialect { get; } = new();

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

    public void Dispose()
    {
        _begin.Dispose();
        _touch.Dispose();
        _end.Dispose();
        _commands.Dispose();
        _connection.Dispose();
    }
}
