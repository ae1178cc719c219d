using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>The database file that a connection string names, and the connections made to it.</summary>
internal sealed class SqliteFile
{
    private readonly string _connectionString;
    private readonly string? _vfs;

    /// <exception cref="ArgumentException">The connection string is malformed, or names no file.</exception>
    public SqliteFile(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var builder = new SqliteConnectionStringBuilder(connectionString);
        string source = builder.DataSource;
        if (string.IsNullOrEmpty(source) || source == ":memory:" || builder.Mode == SqliteOpenMode.Memory || source.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException(
                $"The connection string '{connectionString}' names no file. BuildData writes and reads on connections of their own, which have a file in common: 'Data Source=builds.db'.",
                nameof(connectionString));
        }

        // Two names of one file must share one lock. Hard links can't be told.
        string path = System.IO.Path.GetFullPath(source);
        Path = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        IsReadOnly = builder.Mode == SqliteOpenMode.ReadOnly;
        builder.DataSource = Path;

        // The store keeps its connections itself, and closes them when it is disposed.
        builder.Pooling = false;

        // A shared cache would let reads wait for writes.
        builder.Cache = SqliteCacheMode.Private;
        builder.ForeignKeys = true;
        _vfs = string.IsNullOrEmpty(builder.Vfs) ? null : builder.Vfs;
        _connectionString = builder.ToString();
    }

    /// <summary>The full name of the file.</summary>
    public string Path { get; }

    public bool IsReadOnly { get; }

    public SqliteConnection OpenForWriting() => Open(_connectionString);

    public SqliteConnection OpenForChecking() =>
        Open(new SqliteConnectionStringBuilder(_connectionString) { Mode = SqliteOpenMode.ReadOnly }.ToString());

    /// <summary>
    /// A connection for one reader at a time. Opened without the driver, which would have SQLite take a lock at each call,
    /// several for every column of a row.
    /// </summary>
    public sqlite3 OpenForReading()
    {
        int code = raw.sqlite3_open_v2(Path, out sqlite3 connection, raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_NOMUTEX, _vfs);
        if (code != raw.SQLITE_OK)
        {
            SqliteException error = SqliteErrors.FromNative(connection, code);
            connection.Dispose();
            throw error;
        }

        _ = raw.sqlite3_busy_timeout(connection, SqliteSchema.BusyMilliseconds);
        return connection;
    }

    private static SqliteConnection Open(string connectionString)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
