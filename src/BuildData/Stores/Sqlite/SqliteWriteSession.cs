using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>Runs single statements on the write connection of a SQLite store. A store has only one write connection. Not thread-safe.</summary>
internal sealed class SqliteWriteSession : WriteSession, IDisposable
{
    // SQLITE_DBSTATUS_CACHE_WRITE: the number of pages written to the write-ahead log.
    private const int CacheWrite = 9;

    // The value of the pragma auto_vacuum.
    private const long IncrementalVacuum = 2;

    private readonly SqliteConnection _connection;
    private readonly sqlite3 _handle;
    private readonly long _pageSize;
    private readonly PreparedQueryRunner _queries;
    private long _writes;
    private readonly Dictionary<string, SqliteStatement> _statements = new(ReferenceEqualityComparer.Instance);

    /// <param name="connection">The open connection. The session disposes it, also if this constructor fails.</param>
    public SqliteWriteSession(SqliteConnection connection)
    {
        _connection = connection;
        _handle = connection.Handle!;
        _queries = new PreparedQueryRunner(_handle);
        try
        {
            using var pageSize = new SqliteStatement(_handle, "PRAGMA page_size");
            _pageSize = pageSize.ReadNumber();
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public override SqlDialect Dialect { get; } = new();

    public override long WriteCount => _writes;

    /// <summary>
    /// Reads a number that SQLite changes when another connection commits. The number does not change when this connection commits. Must be
    /// called in a transaction.
    /// </summary>
    public long ReadDataVersion() => Statement("PRAGMA data_version").ReadNumber();

    /// <summary>Returns the number of bytes that this connection has written to the write-ahead log since it was opened.</summary>
    public long BytesWrittenToLog()
    {
        _ = raw.sqlite3_db_status(_handle, CacheWrite, out int pages, out _, 0);
        return pages * _pageSize;
    }

    /// <summary>
    /// Copies the write-ahead log into the database file, and empties the log. Does not wait if another connection uses the log.
    /// </summary>
    /// <returns>True if the log is empty; false if another connection uses the log.</returns>
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
            _ = raw.sqlite3_busy_timeout(_handle, WriteConnectionSettings.BusyTimeoutMilliseconds);
        }
    }

    /// <summary>
    /// Gets whether a transaction is open. SQLite itself can roll back and end a transaction, for example when the disk is full.
    /// </summary>
    public bool IsInTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>Begins a transaction, and takes SQLite's write lock at once.</summary>
    public void Begin() => Run("BEGIN IMMEDIATE");

    public void Commit() => Run("COMMIT");

    /// <summary>Rolls back the transaction, if one is open.</summary>
    public void Rollback()
    {
        if (IsInTransaction)
            Run("ROLLBACK");
    }

    /// <inheritdoc cref="WriteConnectionSettings.SetDurability"/>
    public void SetDurability(Durability durability) => WriteConnectionSettings.SetDurability(_connection, durability);

    public void BeginSavepoint() => Run("SAVEPOINT one_update");

    public void ReleaseSavepoint() => Run("RELEASE one_update");

    /// <summary>Undoes all changes since the savepoint began, and ends the savepoint. Does nothing if no transaction is open.</summary>
    public void RollbackToSavepoint()
    {
        if (!IsInTransaction)
            return;

        Run("ROLLBACK TO one_update");
        Run("RELEASE one_update");
    }

    public override ValueTask Query(SqlBuilder sql, RowSink sink, CancellationToken cancellationToken)
    {
        _queries.Run(sql, sink, cancellationToken);
        return ValueTask.CompletedTask;
    }

    // An update runs in a transaction, and all statements of a transaction already see one snapshot.
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
        Statement(sql).Run(values, firstParameter: 2);
        return new ValueTask<long>(raw.sqlite3_last_insert_rowid(_handle));
    }

    public override ValueTask<bool> ReturnUnusedSpace()
    {
        // A file that an older version of the library has created can't return single pages.
        long unused = Statement("PRAGMA freelist_count").ReadNumber();
        if (Statement("PRAGMA auto_vacuum").ReadNumber() != IncrementalVacuum || unused <= UnusedPagesToKeep(Statement("PRAGMA page_count").ReadNumber()))
            return new ValueTask<bool>(false);

        _writes++;
        _queries.Run(new SqlBuilder().Append("PRAGMA incremental_vacuum(64)"), new DiscardingSink(), CancellationToken.None);
        return new ValueTask<bool>(true);
    }

    public void Dispose()
    {
        foreach (SqliteStatement statement in _statements.Values)
            statement.Dispose();
        _statements.Clear();
        _queries.Dispose();
        _connection.Dispose();
    }

    // New rows use these pages, so that the file does not shrink and grow in turn.
    private static long UnusedPagesToKeep(long pages) => Math.Max(256, pages / 10);

    private void Run(string sql) => Statement(sql).Run([]);

    // A text is compared by reference, which is fast. This works because all texts are constants.
    private SqliteStatement Statement(string sql)
    {
        if (!_statements.TryGetValue(sql, out SqliteStatement? statement))
        {
            statement = new SqliteStatement(_handle, sql);
            _statements.Add(sql, statement);
        }

        return statement;
    }

    // The pragma returns a row for each page.
    private sealed class DiscardingSink : RowSink
    {
        public override void Open(RowParsers parsers)
        {
        }

        public override void Add(DbDataReader row)
        {
        }
    }
}
