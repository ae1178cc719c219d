using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Keeps a second writer of a database file out, whether it is another process or another store of this one. The lock is SQLite's
/// own, on an empty database beside the file, named <c>-lock</c>: the operating system releases it when the process ends, and
/// nothing that switches file locking off in .NET affects it. The lock file stays, because to delete it would let two processes
/// lock two files of one name.
/// </summary>
internal sealed class SqliteFileLock : IDisposable
{
    private const string Advice = "One process at a time may write a SQLite file; others may open it with Mode=ReadOnly.";

    private readonly sqlite3 _connection;

    private SqliteFileLock(sqlite3 connection) => _connection = connection;

    /// <exception cref="StoreInUseException">The file is taken.</exception>
    /// <exception cref="StoreException">The lock file can't be made, or the file system has no locks.</exception>
    public static SqliteFileLock Take(SqliteFile file)
    {
        string path = file.Path + "-lock";
        if (!Directory.Exists(Path.GetDirectoryName(path)))
            throw new StoreException($"The directory of '{file.Path}' does not exist.");

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
            raw.SQLITE_NOTADB => new StoreException($"'{path}' is another program's file, but it is to be the lock of '{file.Path}'.", error),
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
