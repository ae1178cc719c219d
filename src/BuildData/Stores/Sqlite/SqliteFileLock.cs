using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Represents a lock of a database file. Only the store that holds the lock may write to the file. The lock excludes stores in other
/// processes, and other stores in this process.
/// </summary>
/// <remarks>
/// <para>The lock is an open exclusive SQLite transaction on a second file, the lock file. The lock file is an empty database. Its name is
/// the name of the database file with the suffix <c>-lock</c>. When the process ends, the operating system releases the lock.</para>
/// <para>The lock does not use .NET's own file locks, because a setting can disable them.</para>
/// <para>The lock file is never deleted. If it were deleted, a second process could create and lock a new file, while the first process
/// still holds the lock of the deleted file.</para>
/// </remarks>
internal sealed class SqliteFileLock : IDisposable
{
    private const string Advice = "Only one process at a time can write a SQLite file. Close the other one, or open the file with Mode=ReadOnly.";

    private readonly sqlite3 _connection;

    private SqliteFileLock(sqlite3 connection) => _connection = connection;

    /// <summary>Acquires the lock of a database file. If another store holds the lock, throws an exception without waiting.</summary>
    /// <exception cref="StoreInUseException">Another store has the file open for writing.</exception>
    /// <exception cref="StoreException">The lock file can't be created, or the file system does not support locks.</exception>
    public static SqliteFileLock Acquire(SqliteFile file)
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
