using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Represents the lock that allows only one writer per database file. It excludes other processes and other stores of this process.
/// </summary>
/// <remarks>
/// The lock is an exclusive SQLite transaction on an empty database, whose name is that of the file with the suffix <c>-lock</c>. The
/// operating system releases it when the process ends, and .NET's switch that disables file locking has no effect on it. The lock file is
/// never deleted: otherwise two processes could lock two different files of the same name.
/// </remarks>
internal sealed class SqliteFileLock : IDisposable
{
    private const string Advice = "Only one process at a time can write a SQLite file. Close the other one, or open the file with Mode=ReadOnly.";

    private readonly sqlite3 _connection;

    private SqliteFileLock(sqlite3 connection) => _connection = connection;

    /// <summary>Acquires the lock of a database file without waiting.</summary>
    /// <exception cref="StoreInUseException">Another writer has the file open.</exception>
    /// <exception cref="StoreException">The lock file can't be created, or the file system does not support locks.</exception>
    public static SqliteFileLock Take(SqliteFile file)
    {
        string path = file.Path + "-lock";
        if (!Directory.Exists(Path.GetDirectoryName(path)))
            throw new StoreException($"The directory of '{file.Path}' does not exist. Create it before the store is opened.");

        sqlite3 connection = Open(file, path);
        int code = raw.sqlite3_exec(connection, "BEGIN EXCLUSIVE");
        if (code == raw.SQLITE_OK)
            return new SqliteFileLock(connection);

        SqliteException error = SqliteErrors.FromNative(connection, code);
        connection.Dispose();
        throw error.SqliteErrorCode switch
        {
            raw.SQLITE_BUSY => new StoreInUseException(file.Path, Advice, error),
            raw.SQLITE_IOERR => new StoreException($"'{path}' can't be locked; '{file.Path}' needs a file system that has locks: {error.Message}", error),
            raw.SQLITE_NOTADB => new StoreException($"'{path}' is not a lock file of BuildData, which needs this name to lock '{file.Path}'. Move the file away.", error),
            _ => SqliteErrors.Wrap(error, path),
        };
    }

    /// <summary>Releases the lock.</summary>
    public void Dispose() => _connection.Dispose();

    private static sqlite3 Open(SqliteFile file, string path)
    {
        int code = raw.sqlite3_open_v2(path, out sqlite3 connection, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, file.Vfs);
        if (code == raw.SQLITE_OK)
            return connection;

        SqliteException error = SqliteErrors.FromNative(connection, code);
        connection.Dispose();
        throw new StoreException($"The lock file '{path}' can't be opened: {error.Message}", error);
    }
}
