using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>Makes this library's errors of the driver's.</summary>
internal static class SqliteErrors
{
    public static StoreException Wrap(SqliteException error, string file) => error.SqliteErrorCode switch
    {
        raw.SQLITE_NOTADB => new StoreException($"'{file}' is not a SQLite database.", error),
        raw.SQLITE_CORRUPT => new StoreException($"The database '{file}' is damaged: {error.Message}", error),
        raw.SQLITE_FULL => new StoreException($"There is no room to write to '{file}'.", error),
        raw.SQLITE_CANTOPEN => new StoreException($"'{file}' can't be opened: {error.Message}", error),
        raw.SQLITE_READONLY => new StoreException($"'{file}' can't be written: {error.Message}", error),
        raw.SQLITE_BUSY => new StoreException($"'{file}' is being written by another program, which did not finish in time.", error),
        _ => new StoreException($"'{file}': {error.Message}", error),
    };

    /// <summary>The exception for an error of the native library.</summary>
    public static SqliteException FromNative(sqlite3 connection, int code)
    {
        string message = raw.sqlite3_errmsg(connection).utf8_to_string();
        return new SqliteException($"SQLite Error {code}: '{message}'.", code & 0xff, raw.sqlite3_extended_errcode(connection));
    }
}
