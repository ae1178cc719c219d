using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using BuildData.Sql;

namespace BuildData.Stores;

/// <summary>
/// Builds an SQL statement from constant text and parameters. Each value in an interpolated string becomes a parameter (<c>$1</c>,
/// <c>$2</c>, and so on). Therefore a value never becomes SQL text.
/// </summary>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public sealed class SqlBuilder
{
    private char[] _text = new char[512];
    private SqlValue[] _values = new SqlValue[8];
    private int _length;
    private int _count;
    private bool _hasCondition;

    /// <summary>Gets the text of the statement.</summary>
    public ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    /// <summary>Gets the values of the parameters, <c>$1</c> first.</summary>
    public ReadOnlySpan<SqlValue> Values => _values.AsSpan(0, _count);

    /// <summary>
    /// Gets or sets whether the next values are hidden from the planner of the database: as subqueries, such as <c>(SELECT $1)</c>. Then the plan is
    /// the same for all values, and PostgreSQL can keep it.
    /// </summary>
    internal bool HidesValues { get; set; }

    /// <summary>Clears the builder for a new statement.</summary>
    public SqlBuilder Clear()
    {
        // Release large texts in the values for garbage collection.
        _values.AsSpan(0, _count).Clear();
        _length = 0;
        _count = 0;
        _hasCondition = false;
        HidesValues = false;
        return this;
    }

    /// <summary>Appends SQL text. To prevent SQL injection, pass only text that the source code contains, never text from a user.</summary>
    public SqlBuilder Append(ReadOnlySpan<char> constant)
    {
        if (_text.Length - _length < constant.Length)
            Array.Resize(ref _text, Math.Max(_text.Length * 2, _length + constant.Length));
        constant.CopyTo(_text.AsSpan(_length));
        _length += constant.Length;
        return this;
    }

    /// <summary>Appends an interpolated string. Each value in the string becomes a parameter.</summary>
    public SqlBuilder Append([InterpolatedStringHandlerArgument("")] ref SqlTextHandler text)
    {
        _ = text;
        return this;
    }

    /// <summary>Appends WHERE before the first condition of the statement, or AND before a later condition. The caller then appends the condition.</summary>
    public SqlBuilder Condition()
    {
        Append(_hasCondition ? " AND " : " WHERE ");
        _hasCondition = true;
        return this;
    }

    /// <summary>
    /// Ends the conditions of a subquery in FROM. The next condition is the first one of the statement around the subquery.
    /// </summary>
    public SqlBuilder EndConditions()
    {
        _hasCondition = false;
        return this;
    }

    /// <summary>Appends the next parameter, such as <c>$3</c>, and sets its value.</summary>
    public SqlBuilder Value(SqlValue value)
    {
        if (_count == _values.Length)
            Array.Resize(ref _values, _count * 2);
        _values[_count++] = value;

        Append(HidesValues ? "(SELECT $" : "$");
        if (_text.Length - _length < 12)
            Array.Resize(ref _text, _text.Length * 2);
        _count.TryFormat(_text.AsSpan(_length), out int written, provider: CultureInfo.InvariantCulture);
        _length += written;
        return HidesValues ? Append(")") : this;
    }

    /// <summary>Removes a number of characters from the end of the text.</summary>
    public SqlBuilder TrimEnd(int characters)
    {
        _length -= characters;
        return this;
    }
}

/// <summary>Converts each value in an interpolated string to a parameter of a <see cref="SqlBuilder"/>.</summary>
[InterpolatedStringHandler]
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public readonly ref struct SqlTextHandler
{
    private readonly SqlBuilder _sql;

    /// <summary>Creates the handler of one interpolated string. Only code that the compiler generates calls this constructor.</summary>
    public SqlTextHandler(int literalLength, int formattedCount, SqlBuilder sql)
    {
        _ = literalLength;
        _ = formattedCount;
        _sql = sql;
    }

    /// <summary>Appends the constant text between two values. Only code that the compiler generates calls this method.</summary>
    public void AppendLiteral(string constant) => _sql.Append(constant);

    /// <summary>Adds a value as a parameter. The compiler calls this method for a value in the interpolated string.</summary>
    public void AppendFormatted(SqlValue value) => _sql.Value(value);

    /// <summary>Adds a value as a parameter. The compiler calls this method for a value in the interpolated string.</summary>
    public void AppendFormatted(long value) => _sql.Value(value);

    /// <summary>Adds a value as a parameter. The compiler calls this method for a value in the interpolated string.</summary>
    public void AppendFormatted(long? value) => _sql.Value(value);

    /// <summary>Adds a value as a parameter. The compiler calls this method for a value in the interpolated string.</summary>
    public void AppendFormatted(string? value) => _sql.Value(value);

    /// <summary>Appends a value: as an SQL expression if the value is one, otherwise as a parameter. Only generated code calls this.</summary>
    internal void AppendFormatted<T>(T expression)
        where T : struct, ISqlExpression => expression.AppendTo(_sql);
}
