using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>The database file that a connection string names, and the connections made to it.</summary>
internal sealed class SqliteFile
{
    // Seconds. Without the keyword, a connection string has it.
    private const int DriversTimeout = 30;

    private readonly string _connectionString;

    /// <exception cref="ArgumentException">The connection string is malformed, names no file, or has a keyword that would have no effect.</exception>
    public SqliteFile(string connectionString, SqliteOptions options)
    {
        Options = options;

        // The driver chooses the native library when it is used for the first time, which may be after the library is needed here.
        RuntimeHelpers.RunClassConstructor(typeof(SqliteConnection).TypeHandle);
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
        Vfs = string.IsNullOrEmpty(builder.Vfs) ? null : builder.Vfs;
        _connectionString = builder.ToString();
    }

    /// <summary>The full name of the file.</summary>
    public string Path { get; }

    /// <summary>The full name of the write-ahead log.</summary>
    public string LogPath => Path + "-wal";

    /// <summary>The name of SQLite's layer for files; null for its default.</summary>
    public string? Vfs { get; }

    /// <summary>Options for SQLite alone.</summary>
    public SqliteOptions Options { get; }

    public bool IsReadOnly { get; }

    public SqliteConnection OpenForWriting() => Open(_connectionString);

    /// <summary>Opens a connection for one reader at a time.</summary>
    /// <remarks>
    /// A file that this process only reads may be in a folder, or on a medium, that can't be written. SQLite can't share the file
    /// with a writer then, because both need a file for their common index. If no process has it open for writing, it is read
    /// without locks, and each read makes sure that this is still so.
    /// </remarks>
    public SqliteReadSession OpenForReading()
    {
        if (!IsReadOnly)
            return new SqliteReadSession(Connect(Path, raw.SQLITE_OPEN_READONLY), Options.MapMemory, null);

        FileStamp stamp = FileStamp.Of(Path);
        sqlite3 shared = Connect(Path, raw.SQLITE_OPEN_READONLY);
        int code = raw.sqlite3_exec(shared, "SELECT 1 FROM sqlite_schema");
        if (code == raw.SQLITE_OK)
            return new SqliteReadSession(shared, Options.MapMemory, null);

        SqliteException error = SqliteErrors.FromNative(shared, code);
        shared.Dispose();
        if (stamp.HasLog || error.SqliteErrorCode is not (raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN))
            throw error;

        string uri = $"file:{Uri.EscapeDataString(Path).Replace("%2F", "/", StringComparison.Ordinal)}?immutable=1";
        return new SqliteReadSession(Connect(uri, raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_URI), Options.MapMemory, stamp);
    }

    // Without the driver, which would have SQLite take a lock at each call, several for every column of a row.
    private sqlite3 Connect(string name, int flags)
    {
        int code = raw.sqlite3_open_v2(name, out sqlite3 connection, flags | raw.SQLITE_OPEN_NOMUTEX, Vfs);
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
