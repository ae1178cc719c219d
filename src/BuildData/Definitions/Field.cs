using System.Globalization;
using BuildData.Queries;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Definitions;

/// <summary>
/// Declares an attribute of a resource: its wire name, its type and its column. The wire name is the name in JSON and in queries.
/// </summary>
/// <remarks>
/// A query contains the wire name of a field, and this declaration provides the column. Therefore text from a caller never becomes SQL text.
/// </remarks>
internal abstract class Field(string wireName, FieldType type, string? column, bool isNullable)
{
    /// <summary>Gets the wire name, such as <c>state_string</c>.</summary>
    public string Name => wireName;

    public FieldType Type => type;

    /// <summary>Gets the column or the SQL expression that returns the value. Null if the value is not read from a single column.</summary>
    public string? Column => column;

    /// <summary>
    /// Gets whether the column can contain null. If true, ORDER BY specifies the position of nulls. If false, ORDER BY does not specify it,
    /// so that the database can use an index.
    /// </summary>
    public bool IsNullable => isNullable;

    /// <summary>Gets whether this field's column is the first of several indexes. Such a field selects a parent, such as the builder of builds.</summary>
    public bool IsFirstInIndexes { get; init; }

    /// <summary>Gets the columns of the parents for which an index contains the resources of each parent in the order of this field.</summary>
    public IReadOnlyList<string> IndexedParents { get; init; } = [];

    /// <summary>Appends the SQL conditions of a filter on this field to a statement.</summary>
    /// <exception cref="InvalidQueryException">The operator or a value is not valid for the field.</exception>
    public virtual void AppendFilter(SqlBuilder sql, Filter filter, SqlDialect dialect)
    {
        if (type == FieldType.Json)
            throw new InvalidQueryException(filter.Parameter, $"the field '{wireName}' can't be used in a filter.");

        if (filter.Operator == FilterOperator.Contains)
            FilterSqlWriter.AppendContains(sql, this, filter, dialect);
        else if (type == FieldType.Time)
            FilterSqlWriter.AppendTimeComparison(sql, this, filter);
        else
            FilterSqlWriter.AppendComparison(sql, this, filter);
    }

    /// <summary>
    /// Appends a further condition, if the database needs it in order to use an index for a filter on this field. The condition changes nothing
    /// else.
    /// </summary>
    /// <param name="sql">The statement.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="first">The first field of the order, if the statement reads resources of all parents in an order. Otherwise null.</param>
    /// <param name="isAlone">Whether no other filter selects single values, for which another index may be better.</param>
    /// <param name="dialect">The SQL dialect of the store.</param>
    public virtual void AppendIndexCondition(SqlBuilder sql, Filter filter, Field? first, bool isAlone, SqlDialect dialect)
    {
    }

    /// <summary>Returns the first column of the indexes that serve a filter. Returns null if the field is not in such a column.</summary>
    /// <param name="filter">A filter for a single value of the field.</param>
    /// <param name="parent">The column that selects the parent; null if no parent is selected yet.</param>
    /// <param name="first">The first field of the order; null if the statement has no order.</param>
    public virtual PrefixColumn? FindPrefix(Filter filter, PrefixColumn? parent, Field? first) =>
        IsFirstInIndexes && parent is null ? new PrefixColumn(column!, sql => sql.Value(ToSqlValue(filter, filter.Values[0])), filter) : null;

    /// <summary>Returns whether nearly all resources match a filter on this field, so that the filter does not change the right plan.</summary>
    /// <param name="filter">A filter on this field.</param>
    public virtual bool SelectsNearlyAll(Filter filter) => false;

    /// <summary>
    /// Returns whether one index has both the order and the resources that match a filter on this field. Then the right plan does not depend on the
    /// value of the filter.
    /// </summary>
    /// <param name="filter">A filter on this field.</param>
    /// <param name="parent">The column of the parent; null if resources of all parents are selected.</param>
    /// <param name="first">The first field of the order.</param>
    public virtual bool IsInIndexOfOrder(Filter filter, string? parent, Field first) =>
        filter.Operator is FilterOperator.LessThan or FilterOperator.LessOrEqual or FilterOperator.GreaterThan or FilterOperator.GreaterOrEqual
        && first == this && (parent is null || IndexedParents.Contains(parent));

    /// <summary>
    /// Returns how many subqueries with EXISTS the SQL of a filter contains. Some databases need much time to plan a statement with many of them.
    /// </summary>
    public virtual int CountSubqueries(Filter filter) => 0;

    /// <summary>
    /// Returns whether a resource matches a filter on this field. The SQL conditions of <see cref="AppendFilter"/> select the same resources.
    /// </summary>
    /// <param name="resource">The resource.</param>
    /// <param name="filter">The filter, which must already be validated.</param>
    public abstract bool Matches(object resource, Filter filter);

    /// <summary>
    /// Converts a value of a filter to a database value that can be compared with the column. For a field that contains times, use
    /// <see cref="ToMicrosecondRange"/> instead.
    /// </summary>
    /// <param name="filter">The filter. If the value is not valid, the message of the exception contains the name of the filter.</param>
    /// <param name="value">The value of the filter.</param>
    /// <exception cref="InvalidQueryException">The value is not valid for the field.</exception>
    public virtual SqlValue ToSqlValue(Filter filter, FilterValue value) => (type, value.Content) switch
    {
        (FieldType.Text, string text) when UnicodeText.IndexOfLoneSurrogate(text) < 0 => text,
        (FieldType.Integer, string text) when value.IsUnparsed && ParseInteger(text) is { } number => number,
        (FieldType.Integer, long number) => number,
        (FieldType.Flag, string text) when value.IsUnparsed && ParseFlag(text) is { } flag => flag,
        (FieldType.Flag, bool flag) => flag,
        (FieldType.Result, string text) when value.IsUnparsed && ParseResult(text) is { } result => result,
        (FieldType.Result, long code) when Enum.IsDefined((BuildResult)code) => code,
        (FieldType.Result, BuildResult result) when Enum.IsDefined(result) => result,
        _ => throw NoSuchValue(filter, value),
    };

    /// <summary>
    /// Converts a value of a filter on a time to a range of times, in microseconds since 1970. The range includes <c>From</c>, but not
    /// <c>To</c>.
    /// </summary>
    /// <param name="filter">The filter. If the value is not valid, the message of the exception contains the name of the filter.</param>
    /// <param name="value">The value of the filter: a time, or a whole number of seconds since 1970.</param>
    /// <exception cref="InvalidQueryException">The value is not a time.</exception>
    public (long From, long To) ToMicrosecondRange(Filter filter, FilterValue value)
    {
        switch (value.Content)
        {
            case DateTimeOffset time:
                long exact = Timestamp.ToMicroseconds(time);
                return (exact, exact + 1);
            case long seconds:
                return Second(seconds);
            case string text when value.IsUnparsed && ParseInteger(text) is { } seconds:
                return Second(seconds);
            default:
                throw NoSuchValue(filter, value);
        }
    }

    private static (long From, long To) Second(long seconds)
    {
        // A second outside the range of times is clamped, so that it is before or after every stored time.
        const long Limit = (long.MaxValue / Timestamp.MicrosecondsPerSecond) - 1;
        long from = Math.Clamp(seconds, -Limit, Limit) * Timestamp.MicrosecondsPerSecond;
        return (from, from + Timestamp.MicrosecondsPerSecond);
    }

    private static long? ParseInteger(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static BuildResult? ParseResult(string text)
    {
        if (ParseInteger(text) is { } code)
            return Enum.IsDefined((BuildResult)code) ? (BuildResult)code : null;
        foreach (BuildResult result in Enum.GetValues<BuildResult>())
        {
            if (string.Equals(text, result.ToString(), StringComparison.OrdinalIgnoreCase))
                return result;
        }

        return null;
    }

    private static bool? ParseFlag(string text) => text.ToLowerInvariant() switch
    {
        "on" or "true" or "yes" or "1" => true,
        "off" or "false" or "no" or "0" => false,
        _ => null,
    };

    /// <summary>Returns the exception for a value of a filter that the field can't have.</summary>
    protected InvalidQueryException NoSuchValue(Filter filter, FilterValue value)
    {
        string wanted = type switch
        {
            FieldType.Integer => "a whole number",
            FieldType.Flag => "a flag (on, off, true, false, yes, no, 1, 0)",
            FieldType.Decimal => "a number",
            FieldType.Time => "a time (whole seconds since 1970)",
            FieldType.Result => "a result: a code from 0 to 6, or success, warnings, failure, skipped, exception, retry or cancelled",
            _ => "text",
        };
        return new InvalidQueryException(filter.Parameter, $"'{ShortText.Of(value.ToString())}' is not {wanted}.");
    }
}
