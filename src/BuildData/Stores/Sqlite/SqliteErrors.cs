using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>Converts SQLite's errors to exceptions.</summary>
internal static class SqliteErrors
{
    /// <summary>Creates the library's exception for an exception of the driver.</summary>
    public static StoreException Wrap(SqliteException error, string file) => error.SqliteErrorCode switch
    {
        raw.SQLITE_NOTADB => new StoreException($"'{file}' is not a SQLite database.", error),
        raw.SQLITE_CORRUPT => new StoreException($"The database '{file}' is damaged. Restore it from a backup. {error.Message}", error),
        raw.SQLITE_FULL => new StoreException($"'{file}' can't be written because there is no disk space left.", error),
        raw.SQLITE_CANTOPEN => new StoreException($"'{file}' can't be opened: {error.Message}", error),
        raw.SQLITE_READONLY => new StoreException($"'{file}' can't be written: {error.Message}", error),
        raw.SQLITE_BUSY => new StoreException(
            $"Another program has locked '{file}' for longer than {SqliteSchema.BusyMilliseconds / 1000} seconds. Try again when it has finished.", error),
        _ => new StoreException($"'{file}': {error.Message}", error),
    };

    /// <summary>Creates the driver's exception for an error of the native library.</summary>
    public static SqliteException FromNative(sqlite3 connection, int code)
    {
        string message = raw.sqlite3_errmsg(connection).utf8_to_string();
        return new SqliteException($"SQLite Error {code}: '{message}'.", code & 0xff, raw.sqlite3_extended_errcode(connection));
    }
}
