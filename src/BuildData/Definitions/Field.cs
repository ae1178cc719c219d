using System.Globalization;
using BuildData.Queries;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Definitions;

/// <summary>
/// An attribute of a resource: its wire name, its type, and its column in the resource's SELECT. Only columns named here
/// ever come into a statement on a query's behalf.
/// </summary>
internal abstract class Field(string name, FieldType type, string column, bool isNullable)
{
    public string Name => name;

    public FieldType Type => type;

    public string Column => column;

    /// <summary>Whether the column may be null. An order by one that may not needs no rule for nulls, and can follow an index.</summary>
    public bool IsNullable => isNullable;

    /// <summary>Appends a condition.</summary>
    /// <exception cref="InvalidQueryException">The operator or a value does not suit the field.</exception>
    public virtual void AppendFilter(SqlBuilder sql, Filter filter, SqlDialect dialect)
    {
        if (type == FieldType.Structure)
            throw new InvalidQueryException(filter.Parameter, $"the field '{name}' can't be filtered by.");

        if (filter.Operator == FilterOperator.Contains)
            FilterSqlWriter.Contains(sql, this, filter, dialect);
        else if (type == FieldType.Time)
            FilterSqlWriter.Time(sql, this, filter);
        else
            FilterSqlWriter.Plain(sql, this, filter);
    }

    /// <summary>Whether the filter holds of a resource: just as the condition that it becomes. It has been bound before.</summary>
    public abstract bool Matches(object resource, Filter filter);

    /// <summary>A filter's value as the column has it.</summary>
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

    /// <summary>The microseconds that a filter's value stands for: from the first on, up to but without the second.</summary>
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
        // What is beyond the clock's range is before, or after, every time there is.
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
            _ => "a text",
        };
        return new InvalidQueryException(filter.Parameter, $"'{value}' is not {wanted}.");
    }
}
