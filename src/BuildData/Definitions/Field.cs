using System.Globalization;
using BuildData.Queries;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Definitions;

/// <summary>
/// Represents an attribute of a resource: its wire name, its type and its column. A query can refer to a column only by the name of its
/// field, so a caller's text never becomes part of a statement.
/// </summary>
internal abstract class Field(string name, FieldType type, string? column, bool isNullable)
{
    /// <summary>Gets the wire name.</summary>
    public string Name => name;

    public FieldType Type => type;

    /// <summary>Gets the column or SQL expression that stores the value; null if the value is not stored in one column.</summary>
    public string? Column => column;

    /// <summary>Gets whether the column may be null. An order by a column that can't be null needs no rule for nulls, so it can use an index.</summary>
    public bool IsNullable => isNullable;

    /// <summary>Appends the condition of a filter.</summary>
    /// <exception cref="InvalidQueryException">The operator or a value is not valid for the field.</exception>
    public virtual void AppendFilter(SqlBuilder sql, Filter filter, SqlDialect dialect)
    {
        if (type == FieldType.Structure)
            throw new InvalidQueryException(filter.Parameter, $"the field '{name}' can't be used in a filter.");

        if (filter.Operator == FilterOperator.Contains)
            FilterSqlWriter.Contains(sql, this, filter, dialect);
        else if (type == FieldType.Time)
            FilterSqlWriter.Time(sql, this, filter);
        else
            FilterSqlWriter.Plain(sql, this, filter);
    }

    /// <summary>Returns whether a resource matches a filter, with the same outcome as the filter's SQL. The filter must have been validated before.</summary>
    public abstract bool Matches(object resource, Filter filter);

    /// <summary>Converts a filter's value to the form in which the column stores it.</summary>
    public SqlValue Bind(Filter filter, FilterValue value) => (type, value.Content) switch
    {
        (FieldType.Text, string text) when UnicodeText.IndexOfLoneSurrogate(text) < 0 => text,
        (FieldType.Integer, string text) when value.IsRaw && ParseInteger(text) is { } number => number,
        (FieldType.Integer, long number) => number,
        (FieldType.Flag, string text) when value.IsRaw && ParseFlag(text) is { } flag => flag,
        (FieldType.Flag, bool flag) => flag,
        (FieldType.Result, string text) when value.IsRaw && ParseInteger(text) is { } code && Enum.IsDefined((BuildResult)code) => code,
        (FieldType.Result, long code) when Enum.IsDefined((BuildResult)code) => code,
        (FieldType.Result, BuildResult result) when Enum.IsDefined(result) => result,
        _ => throw NoSuchValue(filter, value),
    };

    /// <summary>Returns the range of microseconds that a filter's value stands for. The start is inclusive, the end exclusive.</summary>
    public (long From, long To) BindTime(Filter filter, FilterValue value)
    {
        switch (value.Content)
        {
            case DateTimeOffset time:
                long exact = Timestamp.ToMicroseconds(time);
                return (exact, exact + 1);
            case long seconds:
                return Second(seconds);
            case string text when value.IsRaw && ParseInteger(text) is { } seconds:
                return Second(seconds);
            default:
                throw NoSuchValue(filter, value);
        }
    }

    private static (long From, long To) Second(long seconds)
    {
        // A second outside the range of times is clamped, so that it is before or after every stored time.
        const long Limit = (long.MaxValue / Timestamp.PerSecond) - 1;
        long from = Math.Clamp(seconds, -Limit, Limit) * Timestamp.PerSecond;
        return (from, from + Timestamp.PerSecond);
    }

    private static long? ParseInteger(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static bool? ParseFlag(string text) => text.ToLowerInvariant() switch
    {
        "on" or "true" or "yes" or "1" => true,
        "off" or "false" or "no" or "0" => false,
        _ => null,
    };

    private InvalidQueryException NoSuchValue(Filter filter, FilterValue value)
    {
        string wanted = type switch
        {
            FieldType.Integer => "a whole number",
            FieldType.Flag => "a flag (on, off, true, false, yes, no, 1, 0)",
            FieldType.Time => "a time (whole seconds since 1970)",
            FieldType.Result => "a result code (0 to 6)",
            _ => "text",
        };
        return new InvalidQueryException(filter.Parameter, $"'{value}' is not {wanted}.");
    }
}
