using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>Converts errors of SQLite and of its driver to exceptions.</summary>
internal static class SqliteErrors
{
    /// <summary>Converts an exception of the driver to the exception that callers of the library receive.</summary>
    /// <param name="error">The exception of the driver. It becomes the inner exception of the result.</param>
    /// <param name="file">The path of the database file. The message of the exception contains the path.</param>
    public static StoreException Wrap(SqliteException error, string file) => error.SqliteErrorCode switch
    {
        raw.SQLITE_NOTADB => new StoreException($"'{file}' is not a SQLite database.", error),
        raw.SQLITE_CORRUPT => new StoreException($"The database '{file}' is damaged. Restore it from a backup. {error.Message}", error),
        raw.SQLITE_FULL => new StoreException($"'{file}' can't be written because there is no disk space left.", error),
        raw.SQLITE_CANTOPEN => new StoreException($"'{file}' can't be opened: {error.Message}", error),
        raw.SQLITE_READONLY => new StoreException($"'{file}' can't be written: {error.Message}", error),
        raw.SQLITE_BUSY => new StoreException(
            $"Another program has locked '{file}' for longer than {WriteConnectionSettings.BusyTimeoutMilliseconds / 1000} seconds. Try again when it has finished.", error),
        _ => new StoreException($"'{file}': {error.Message}", error),
    };

    /// <summary>Creates an exception for the last error of a native SQLite connection.</summary>
    /// <param name="connection">The connection. The error message comes from this connection.</param>
    /// <param name="code">The result code that a native SQLite function has returned.</param>
    public static SqliteException FromNative(sqlite3 connection, int code)
    {
        string message = raw.sqlite3_errmsg(connection).utf8_to_string();
        return new SqliteException($"SQLite Error {code}: '{message}'.", code & 0xff, raw.sqlite3_extended_errcode(connection));
    }
}
