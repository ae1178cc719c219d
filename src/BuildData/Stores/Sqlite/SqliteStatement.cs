using System.Buffers;
using System.Text;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>A prepared statement that changes something, run on the native handle: binding boxes nothing and allocates nothing.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private const int StackBytes = 512;

    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;

    public SqliteStatement(sqlite3 connection, string sql)
    {
        _connection = connection;

        // To SQLite $1 is a name, numbered as names come; ?1 is the number one.
        int code = raw.sqlite3_prepare_v3(connection, sql.Replace('$', '?'), raw.SQLITE_PREPARE_PERSISTENT, out _statement);
        if (code != raw.SQLITE_OK)
            throw SqliteErrors.FromNative(connection, code);
    }

    public void Run(ReadOnlySpan<SqlValue> values)
    {
        for (int i = 0; i < values.Length; i++)
            Bind(i + 1, values[i]);

        int code = raw.sqlite3_step(_statement);
        if (code is not (raw.SQLITE_DONE or raw.SQLITE_ROW))
        {
            var error = SqliteErrors.FromNative(_connection, code);
            _ = raw.sqlite3_reset(_statement);
            throw error;
        }

        _ = raw.sqlite3_reset(_statement);
    }

    public void Dispose() => _statement.Dispose();

    private void Bind(int index, in SqlValue value)
    {
        int code = value.Kind switch
        {
            SqlValueKind.Integer => raw.sqlite3_bind_int64(_statement, index, value.Integer),
            SqlValueKind.Text => BindText(index, value.Text!),
            _ => raw.sqlite3_bind_null(_statement, index),
        };
        if (code != raw.SQLITE_OK)
            throw SqliteErrors.FromNative(_connection, code);
    }

    private int BindText(int index, string text)
    {
        // An empty span has no address, which SQLite would take for null.
        if (text.Length == 0)
            return raw.sqlite3_bind_text(_statement, index, text);

        // Bound as bytes, for the driver ends a long string at the first NUL in it.
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = most > StackBytes ? ArrayPool<byte>.Shared.Rent(most) : null;
        Span<byte> bytes = rented ?? stackalloc byte[StackBytes];
        int code = raw.sqlite3_bind_text(_statement, index, bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return code;
    }
}
