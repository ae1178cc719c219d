using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>Represents the only connection that writes. Not thread-safe.</summary>
internal sealed class SqliteWriteSession : WriteSession, IDisposable
{
    // SQLITE_DBSTATUS_CACHE_WRITE: the number of pages written to the write-ahead log.
    private const int CacheWrite = 9;

    private readonly SqliteConnection _connection;
    private readonly sqlite3 _handle;
    private readonly long _pageSize;
    private readonly SqliteCommands _queries;
    private long _writes;
    private readonly Dictionary<string, SqliteStatement> _statements = new(ReferenceEqualityComparer.Instance);

    public SqliteWriteSession(SqliteConnection connection)
    {
        _connection = connection;
        _handle = connection.Handle!;
        _queries = new SqliteCommands(_handle);
        using var pageSize = new SqliteStatement(_handle, "PRAGMA page_size");
        _pageSize = pageSize.Single();
    }

    public override SqlDialect Dialect { get; } = new();

    public override long Writes => _writes;

    /// <summary>Returns a number that changes when another connection commits. Must be called in a transaction.</summary>
    public long DataVersion() => Statement("PRAGMA data_version").Single();

    /// <summary>Returns the number of bytes that the connection has written to the write-ahead log.</summary>
    public long LogBytes()
    {
        _ = raw.sqlite3_db_status(_handle, CacheWrite, out int pages, out _, 0);
        return pages * _pageSize;
    }

    /// <summary>
    /// Copies the write-ahead log into the database file, and empties the log if nobody reads from it. Does not wait for other connections.
    /// </summary>
    /// <returns>False if another connection has prevented it.</returns>
    public bool TryTruncateLog()
    {
        // With a time-out, SQLite would wait for readers. The reads of this process have ended, and other processes must not delay updates.
        _ = raw.sqlite3_busy_timeout(_handle, 0);
        try
        {
            int code = raw.sqlite3_wal_checkpoint_v2(_handle, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _);
            return code switch
            {
                raw.SQLITE_OK => true,
                raw.SQLITE_BUSY => false,
                _ => throw SqliteErrors.FromNative(_handle, code),
            };
        }
        finally
        {
            _ = raw.sqlite3_busy_timeout(_handle, SqliteSchema.BusyMilliseconds);
        }
    }

    /// <summary>
    /// Gets whether a transaction is open. After <see cref="Begin"/> this becomes false if SQLite rolls the transaction back itself, for
    /// example because the disk is full.
    /// </summary>
    public bool IsInTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    public void Begin() => Run("BEGIN IMMEDIATE");

    public void Commit() => Run("COMMIT");

    public void Rollback()
    {
        if (IsInTransaction)
            Run("ROLLBACK");
    }

    public void Savepoint() => Run("SAVEPOINT one_update");

    public void ReleaseSavepoint() => Run("RELEASE one_update");

    public void RollbackToSavepoint()
    {
        if (!IsInTransaction)
            return;

        Run("ROLLBACK TO one_update");
        Run("RELEASE one_update");
    }

    public override ValueTask Query(SqlBuilder sql, RowSink sink, CancellationToken cancellationToken)
    {
        _queries.Query(sql, sink, cancellationToken);
        return ValueTask.CompletedTask;
    }

    // Updates run in a transaction, which is a snapshot.
    public override ValueTask BeginSnapshot(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public override ValueTask EndSnapshot() => ValueTask.CompletedTask;

    public override ValueTask Execute(string sql, params ReadOnlySpan<SqlValue> values)
    {
        _writes++;
        Statement(sql).Run(values);
        return ValueTask.CompletedTask;
    }

    public override ValueTask<long> Insert(string table, string sql, params ReadOnlySpan<SqlValue> values)
    {
        _writes++;

        // $1 is not bound and therefore null. SQLite then assigns the next id.
        Statement(sql).Run(values, first: 2);
        return new ValueTask<long>(raw.sqlite3_last_insert_rowid(_handle));
    }

    public void Dispose()
    {
        foreach (SqliteStatement statement in _statements.Values)
            statement.Dispose();
        _statements.Clear();
        _queries.Dispose();
        _connection.Dispose();
    }

    private void Run(string sql) => Statement(sql).Run([]);

    // The statements are found by reference, because their texts are constants.
    private SqliteStatement Statement(string sql)
    {
        if (!_statements.TryGetValue(sql, out SqliteStatement? statement))
        {
            statement = new SqliteStatement(_handle, sql);
            _statements.Add(sql, statement);
        }

        return statement;
    }
}
