using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>The database file that a connection string names, and the connections made to it.</summary>
internal sealed class SqliteFile
{
    // Seconds. Without the keyword, a connection string has it.
    private const int DriversTimeout = 30;

    private readonly string _connectionString;
    private readonly string? _vfs;

    /// <exception cref="ArgumentException">The connection string is malformed, names no file, or has a keyword that would have no effect.</exception>
    public SqliteFile(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var builder = new SqliteConnectionStringBuilder(connectionString);
        RefuseKeywordsWithoutEffect(builder, nameof(connectionString));
        string source = builder.DataSource;
        if (string.IsNullOrEmpty(source) || source == ":memory:" || builder.Mode == SqliteOpenMode.Memory || source.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException(
                $"The connection string '{connectionString}' names no file. BuildData writes and reads on connections of their own, which have a file in common: 'Data Source=builds.db'.",
                nameof(connectionString));
        }

        // Two names of one file must share one lock. Hard links can't be told.
        string path = System.IO.Path.GetFullPath(InDataDirectory(source));
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

    // Connections that read are opened without the driver, and the store sets up its connections itself. What would hold for some of
    // them only, or for none, is refused.
    private static void RefuseKeywordsWithoutEffect(SqliteConnectionStringBuilder builder, string parameter)
    {
        string? refused = builder switch
        {
            { Password.Length: > 0 } => "Password: the file is not encrypted",
            { Cache: SqliteCacheMode.Shared } => "Cache=Shared: reads would wait for writes",
            { ForeignKeys: false } => "Foreign Keys=False: foreign keys are always enforced",
            { DefaultTimeout: not DriversTimeout } => "Default Timeout: a statement waits up to five seconds for another program that writes the file",
            _ => null,
        };
        if (refused is not null)
            throw new ArgumentException($"The connection string can't have {refused}.", parameter);
    }

    /// <summary>Returns a file name as the driver resolves it, which has the macro and relative names begin in the host's data directory.</summary>
    private static string InDataDirectory(string source)
    {
        const string Macro = "|DataDirectory|";
        string? directory = AppDomain.CurrentDomain.GetData("DataDirectory") as string;
        if (source.StartsWith(Macro, StringComparison.OrdinalIgnoreCase))
        {
            string name = source[Macro.Length..].TrimStart(System.IO.Path.DirectorySeparatorChar, System.IO.Path.AltDirectorySeparatorChar);
            return System.IO.Path.Combine(string.IsNullOrEmpty(directory) ? AppContext.BaseDirectory : directory, name);
        }

        return string.IsNullOrEmpty(directory) ? source : System.IO.Path.Combine(directory, source);
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
