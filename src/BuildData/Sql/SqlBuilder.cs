using System.Globalization;
using System.Runtime.CompilerServices;
using BuildData.Sql;

namespace BuildData.Stores;

/// <summary>
/// Puts a statement together from constant text and parameters. A hole of an interpolated text becomes a parameter
/// (<c>$1</c>, <c>$2</c>, …): no value ever becomes SQL text. One builder serves one session again and again.
/// </summary>
public sealed class SqlBuilder
{
    private char[] _text = new char[512];
    private SqlValue[] _values = new SqlValue[8];
    private int _length;
    private int _count;
    private bool _hasCondition;

    /// <summary>The statement.</summary>
    public ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    /// <summary>The values of its parameters, <c>$1</c> first.</summary>
    public ReadOnlySpan<SqlValue> Values => _values.AsSpan(0, _count);

    /// <summary>Begins a new statement.</summary>
    public SqlBuilder Clear()
    {
        // Values may hold large texts that nobody needs any more.
        _values.AsSpan(0, _count).Clear();
        _length = 0;
        _count = 0;
        _hasCondition = false;
        return this;
    }

    /// <summary>Appends text that stands in this library's source, or a whitelisted column name.</summary>
    public SqlBuilder Append(ReadOnlySpan<char> constant)
    {
        if (_text.Length - _length < constant.Length)
            Array.Resize(ref _text, Math.Max(_text.Length * 2, _length + constant.Length));
        constant.CopyTo(_text.AsSpan(_length));
        _length += constant.Length;
        return this;
    }

    /// <summary>Appends constant text with parameters in its holes.</summary>
    public SqlBuilder Append([InterpolatedStringHandlerArgument("")] ref SqlTextHandler text)
    {
        _ = text;
        return this;
    }

    /// <summary>Appends WHERE or AND.</summary>
    public SqlBuilder Condition()
    {
        Append(_hasCondition ? " AND " : " WHERE ");
        _hasCondition = true;
        return this;
    }

    /// <summary>Appends a parameter.</summary>
    public SqlBuilder Value(SqlValue value)
    {
        if (_count == _values.Length)
            Array.Resize(ref _values, _count * 2);
        _values[_count++] = value;

        if (_text.Length - _length < 12)
            Array.Resize(ref _text, _text.Length * 2);
        _text[_length++] = '$';
        _count.TryFormat(_text.AsSpan(_length), out int written, provider: CultureInfo.InvariantCulture);
        _length += written;
        return this;
    }

    /// <summary>Takes back the last characters.</summary>
    public SqlBuilder TrimEnd(int characters)
    {
        _length -= characters;
        return this;
    }
}

/// <summary>Makes parameters of the holes of a text given to <see cref="SqlBuilder.Append(ref SqlTextHandler)"/>.</summary>
[InterpolatedStringHandler]
public readonly ref struct SqlTextHandler
{
    private readonly SqlBuilder _sql;

    /// <summary>Called by the compiler for an interpolated text.</summary>
    public SqlTextHandler(int literalLength, int formattedCount, SqlBuilder sql)
    {
        _ = literalLength;
        _ = formattedCount;
        _sql = sql;
    }

    /// <summary>Called by the compiler for the text between holes.</summary>
    public void AppendLiteral(string constant) => _sql.Append(constant);

    /// <summary>Called by the compiler for a hole.</summary>
    public void AppendFormatted(SqlValue value) => _sql.Value(value);

    /// <summary>Called by the compiler for a hole.</summary>
    public void AppendFormatted(long value) => _sql.Value(value);

    /// <summary>Called by the compiler for a hole.</summary>
    public void AppendFormatted(long? value) => _sql.Value(value);

    /// <summary>Called by the compiler for a hole.</summary>
    public void AppendFormatted(string? value) => _sql.Value(value);

    /// <summary>Called by the compiler for a hole.</summary>
    internal void AppendFormatted<T>(T expression)
        where T : struct, ISqlExpression => expression.AppendTo(_sql);
}
