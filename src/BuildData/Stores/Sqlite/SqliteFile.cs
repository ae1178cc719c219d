using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>Represents the database file that a connection string specifies. Opens connections to the file. Thread-safe.</summary>
/// <remarks>
/// <para>The guard is a connection that runs no statement. It shows whether the path still leads to the file that the other connections have
/// open.</para>
/// <para>Without the guard, a connection to another file under this path would empty the index of the write-ahead log (<c>-shm</c>). The other
/// connections have mapped the index into memory. Their next access to it would kill the process.</para>
/// </remarks>
internal sealed class SqliteFile : IDisposable
{
    // In seconds. A connection string without the keyword 'Default Timeout' has this value, which is the default of the driver.
    private const int DriversTimeout = 30;

    private readonly string _connectionString;
    private readonly Lock _guardLock = new();
    private sqlite3? _guard;

    // Null if there is none, or if another file layer (VFS) keeps it elsewhere.
    private byte[]? _writeAheadLog;

    /// <summary>Reads the connection string, and resolves the path of the file. Does not open the file.</summary>
    /// <exception cref="ArgumentException">
    /// The connection string is malformed, contains no file name, or contains a keyword that the store does not support.
    /// </exception>
    public SqliteFile(string connectionString, SqliteOptions options)
    {
        Options = options;

        // The driver's static constructor sets the native library. This class may call the library before it uses the driver.
        RuntimeHelpers.RunClassConstructor(typeof(SqliteConnection).TypeHandle);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        SqliteConnectionStringBuilder builder = Parse(connectionString);
        RefuseKeywordsWithoutEffect(builder, nameof(connectionString));
        string source = builder.DataSource;
        if (string.IsNullOrEmpty(source) || source == ":memory:" || builder.Mode == SqliteOpenMode.Memory || source.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException(
                $"The connection string '{connectionString}' names no file. BuildData uses several connections, which need a common file. Use for example 'Data Source=builds.db'.",
                nameof(connectionString));
        }

        // All names of a file must lead to the same lock file. Symbolic links are resolved here; hard links can't be recognised.
        string path = System.IO.Path.GetFullPath(ResolveDataDirectory(source));
        Path = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        IsReadOnly = builder.Mode == SqliteOpenMode.ReadOnly;
        builder.DataSource = Path;

        // The store pools its connections itself, and closes them when it is disposed.
        builder.Pooling = false;

        // With a shared cache, reads would wait for writes.
        builder.Cache = SqliteCacheMode.Private;
        builder.ForeignKeys = true;
        Vfs = string.IsNullOrEmpty(builder.Vfs) ? null : builder.Vfs;
        _connectionString = builder.ToString();
    }

    private static SqliteConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            return new SqliteConnectionStringBuilder(connectionString);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidCastException)
        {
            throw new ArgumentException(
                $"'{connectionString}' is not a connection string of SQLite: {error.Message} Use for example 'Data Source=builds.db'.", nameof(connectionString), error);
        }
    }

    /// <summary>Gets the full path of the database file.</summary>
    public string Path { get; }

    /// <summary>Gets the full path of the write-ahead log.</summary>
    public string WriteAheadLogPath => Path + "-wal";

    /// <summary>Gets the name of the SQLite VFS (virtual file system) that opens the file; null for the default VFS.</summary>
    public string? Vfs { get; }

    /// <summary>Gets the options of the SQLite store.</summary>
    public SqliteOptions Options { get; }

    /// <summary>Gets whether the connection string opens the file only for reading (<c>Mode=ReadOnly</c>).</summary>
    public bool IsReadOnly { get; }

    /// <summary>Opens the connection that writes.</summary>
    public SqliteConnection OpenForWriting() => Open(_connectionString);

    /// <summary>Opens a connection that only reads.</summary>
    /// <exception cref="SqliteException">SQLite has reported an error.</exception>
    /// <exception cref="StoreException">The file was moved, deleted or replaced since the first connection was opened.</exception>
    /// <remarks>
    /// <para>If this process can't write to the directory of a read-only database, SQLite can't create the <c>-shm</c> file. SQLite needs
    /// the <c>-shm</c> file to read the database while another process writes to the database.</para>
    /// <para>In this case, if no process has the file open for writing, the connection reads the file without locks. A
    /// <see cref="ReadConnectionPool"/> checks before and after each read that the file has not changed.</para>
    /// </remarks>
    public SqliteReadSession OpenForReading()
    {
        if (!IsReadOnly)
            return new SqliteReadSession(OpenWithLocks(), Options.MapMemory, null);

        FileChangeStamp stamp = FileChangeStamp.Of(Path);
        sqlite3 shared = OpenWithLocks();
        int code = raw.sqlite3_exec(shared, "SELECT 1 FROM sqlite_schema");
        if (code == raw.SQLITE_OK)
        {
            OpenGuard();
            return new SqliteReadSession(shared, Options.MapMemory, null);
        }

        SqliteException error = SqliteErrors.FromNative(shared, code);
        shared.Dispose();
        if (stamp.HasWriteAheadLog || error.SqliteErrorCode is not (raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN))
            throw error;

        string uri = $"file:{Uri.EscapeDataString(Path).Replace("%2F", "/", StringComparison.Ordinal)}?immutable=1";
        return new SqliteReadSession(OpenNative(uri, raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_URI), Options.MapMemory, stamp);
    }

    /// <summary>Opens the guard, unless it is open. From then on, <see cref="OpenForReading"/> opens only the file that has the path now.</summary>
    public void OpenGuard()
    {
        lock (_guardLock)
        {
            if (_guard is not null)
                return;

            _guard = OpenNative(Path, raw.SQLITE_OPEN_READONLY);
            _writeAheadLog = !IsReadOnly && File.Exists(WriteAheadLogPath) ? FileMoves.Encode(WriteAheadLogPath) : null;
        }
    }

    /// <summary>Checks that the open file and its write-ahead log are in their places. Does nothing before <see cref="OpenGuard"/>.</summary>
    /// <exception cref="StoreException">One of the files was moved, deleted or replaced.</exception>
    public void EnsureInPlace()
    {
        lock (_guardLock)
        {
            if (_guard is not null && (FileMoves.HasMoved(_guard) || (_writeAheadLog is not null && FileMoves.IsMissing(_writeAheadLog))))
                throw FileMoves.Error(Path);
        }
    }

    /// <summary>Closes the guard.</summary>
    public void Dispose()
    {
        lock (_guardLock)
        {
            _guard?.Dispose();
            _guard = null;
        }
    }

    private sqlite3 OpenWithLocks()
    {
        // SQLite opens the index with the first statement. Until then, a connection to another file does no harm.
        sqlite3 connection = OpenNative(Path, raw.SQLITE_OPEN_READONLY);
        try
        {
            // If the log is missing, the connection would create an empty one. It would not see the changes in the missing log.
            EnsureInPlace();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // The connection is opened without the driver: with it, SQLite would take a mutex at each call, several times for each column.
    private sqlite3 OpenNative(string name, int flags)
    {
        int code = raw.sqlite3_open_v2(name, out sqlite3 connection, flags | raw.SQLITE_OPEN_NOMUTEX, Vfs);
        if (code != raw.SQLITE_OK)
        {
            SqliteException error = SqliteErrors.FromNative(connection, code);
            connection.Dispose();
            throw error;
        }

        _ = raw.sqlite3_busy_timeout(connection, WriteConnectionSettings.BusyTimeoutMilliseconds);
        return connection;
    }

    // Only the writer's connection is opened by the driver. Keywords that would affect only this connection, or none, are refused.
    private static void RefuseKeywordsWithoutEffect(SqliteConnectionStringBuilder builder, string parameter)
    {
        string? refused = builder switch
        {
            { Password.Length: > 0 } => "'Password': BuildData does not encrypt the file",
            { Cache: SqliteCacheMode.Shared } => "'Cache=Shared': reads would wait for writes",
            { ForeignKeys: false } => "'Foreign Keys=False': foreign keys are always enforced",
            { DefaultTimeout: not DriversTimeout } => "'Default Timeout': a statement always waits up to five seconds while another program writes the file",
            _ => null,
        };
        if (refused is not null)
            throw new ArgumentException($"The connection string has an unsupported keyword, {refused}. Remove the keyword.", parameter);
    }

    /// <summary>
    /// Resolves a file name in the same way as the driver. The <c>DataDirectory</c> of the application domain replaces
    /// <c>|DataDirectory|</c> at the beginning of the name. A relative name is relative to the same directory.
    /// </summary>
    private static string ResolveDataDirectory(string source)
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
