using System.Buffers;
using System.Text;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>A prepared statement, run on the native handle: binding boxes nothing and allocates nothing.</summary>
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

    /// <summary>The native statement.</summary>
    public sqlite3_stmt Handle => _statement;

    /// <summary>Runs a statement that returns no rows, or none that matter.</summary>
    /// <param name="values">The values.</param>
    /// <param name="first">The number of the parameter that has the first of them.</param>
    public void Run(ReadOnlySpan<SqlValue> values, int first = 1)
    {
        Bind(values, first);
        try
        {
            Step();
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Runs a statement without parameters that returns one number.</summary>
    public long Single()
    {
        try
        {
            Step();
            return raw.sqlite3_column_int64(_statement, 0);
        }
        finally
        {
            Reset();
        }
    }

    public void Bind(ReadOnlySpan<SqlValue> values, int first = 1)
    {
        for (int i = 0; i < values.Length; i++)
        {
            int code = Bind(first + i, values[i]);
            if (code != raw.SQLITE_OK)
                throw SqliteErrors.FromNative(_connection, code);
        }
    }

    /// <summary>Goes to the next row; false if there is none.</summary>
    public bool Step()
    {
        int code = raw.sqlite3_step(_statement);
        return code switch
        {
            raw.SQLITE_ROW => true,
            raw.SQLITE_DONE => false,
            _ => throw SqliteErrors.FromNative(_connection, code),
        };
    }

    /// <summary>Makes the statement ready to be run again. It repeats the error of a failed step, which has been told.</summary>
    public void Reset() => _ = raw.sqlite3_reset(_statement);

    public void Dispose() => _statement.Dispose();

    private int Bind(int index, in SqlValue value) => value.Kind switch
    {
        SqlValueKind.Number => raw.sqlite3_bind_int64(_statement, index, value.Number),
        SqlValueKind.Text => BindText(index, value.Text!),
        _ => raw.sqlite3_bind_null(_statement, index),
    };

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
