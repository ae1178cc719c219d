using System.Buffers;
using System.Text;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Represents a prepared statement of a connection. Calls native SQLite functions, because the driver allocates memory for each value. Not
/// thread-safe.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private const int StackBytes = 512;

    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;

    /// <summary>Prepares a statement.</summary>
    /// <param name="connection">The native connection.</param>
    /// <param name="sql">The text of the statement, with the parameters <c>$1</c>, <c>$2</c> and so on.</param>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">SQLite can't prepare the statement.</exception>
    public SqliteStatement(sqlite3 connection, string sql)
    {
        _connection = connection;

        // SQLite treats $1 as a name and numbers names in the order of their appearance. ?1 is always parameter 1.
        int code = raw.sqlite3_prepare_v3(connection, sql.Replace('$', '?'), raw.SQLITE_PREPARE_PERSISTENT, out _statement);
        if (code != raw.SQLITE_OK)
            throw SqliteErrors.FromNative(connection, code);
    }

    /// <summary>Gets the native statement.</summary>
    public sqlite3_stmt Handle => _statement;

    /// <summary>Binds values to parameters, and runs the statement. If the statement returns rows, reads only the first row and ignores it.</summary>
    /// <param name="values">The values of the parameters.</param>
    /// <param name="firstParameter">
    /// The number of the parameter to which the first value is bound. Each further value is bound to the next parameter.
    /// </param>
    public void Run(ReadOnlySpan<SqlValue> values, int firstParameter = 1)
    {
        Bind(values, firstParameter);
        try
        {
            Step();
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Runs the statement, and returns the number in the first column of the first row.</summary>
    public long ReadNumber()
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

    /// <summary>Binds values to parameters.</summary>
    /// <param name="values">The values of the parameters.</param>
    /// <param name="firstParameter">
    /// The number of the parameter to which the first value is bound. Each further value is bound to the next parameter.
    /// </param>
    public void Bind(ReadOnlySpan<SqlValue> values, int firstParameter = 1)
    {
        for (int i = 0; i < values.Length; i++)
        {
            int code = Bind(firstParameter + i, values[i]);
            if (code != raw.SQLITE_OK)
                throw SqliteErrors.FromNative(_connection, code);
        }
    }

    /// <summary>Runs the statement until it returns the next row. The first call starts the statement.</summary>
    /// <returns>False if there are no more rows.</returns>
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

    /// <summary>Resets the statement, so that it can run again. The parameters keep their values.</summary>
    public void Reset()
    {
        // The result is the error of the last step. Step has already thrown an exception for this error.
        _ = raw.sqlite3_reset(_statement);
    }

    public void Dispose() => _statement.Dispose();

    private int Bind(int index, in SqlValue value) => value.Kind switch
    {
        SqlValueKind.Number => raw.sqlite3_bind_int64(_statement, index, value.Number),
        SqlValueKind.Text => BindText(index, value.Text!),
        SqlValueKind.Bytes => BindBytes(index, value.Bytes.Span),
        _ => raw.sqlite3_bind_null(_statement, index),
    };

    // An empty span has a null pointer, which SQLite would bind as null.
    private int BindBytes(int index, ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, index, 0) : raw.sqlite3_bind_blob(_statement, index, bytes);

    private int BindText(int index, string text)
    {
        // An empty span has a null pointer, which SQLite would bind as null.
        if (text.Length == 0)
            return raw.sqlite3_bind_text(_statement, index, text);

        // The text is bound as bytes, because SQLitePCLRaw would end a long string at its first NUL.
        int maxBytes = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = maxBytes > StackBytes ? ArrayPool<byte>.Shared.Rent(maxBytes) : null;
        Span<byte> bytes = rented ?? stackalloc byte[StackBytes];
        int code = raw.sqlite3_bind_text(_statement, index, bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return code;
    }
}
