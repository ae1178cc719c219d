namespace BuildData.Queries;

/// <summary>
/// Defines how large a query can be. If a query is larger, the library throws <see cref="InvalidQueryException"/> before it runs the query.
/// </summary>
internal static class QueryLimits
{
    /// <summary>The largest number of characters of a path, without its query string.</summary>
    public const int PathLength = 1_048_576;

    /// <summary>
    /// The largest number of characters of a name, of a value of a filter, and of the position of a page. A query string can't contain a longer
    /// one.
    /// </summary>
    public const int TextLength = QueryStringLength;

    /// <summary>The largest number of characters of a query string.</summary>
    public const int QueryStringLength = 1_048_576;

    /// <summary>The largest number of parameters of a query string.</summary>
    public const int QueryStringParameters = 4_096;

    /// <summary>The largest number of order terms. SQLite accepts 2,000 order terms, PostgreSQL 1,664.</summary>
    public const int Order = 64;

    /// <summary>The largest number of selected fields.</summary>
    public const int Fields = 64;

    /// <summary>The largest number of property names.</summary>
    public const int Properties = 1_024;

    /// <summary>The largest number of names of related data to include.</summary>
    public const int Includes = 16;

    /// <summary>The largest number of filters.</summary>
    public const int Filters = 256;

    /// <summary>The largest number of values of one filter.</summary>
    public const int Values = 1_024;

    /// <summary>
    /// The largest number of comparisons in all filters together. The reason for this limit is that databases limit the nesting depth of a
    /// condition.
    /// </summary>
    public const int Comparisons = 256;

    /// <summary>
    /// The largest number of filters by a property, and of values with which lists are filtered. For each of them, the statement has a subquery
    /// with EXISTS. PostgreSQL joins these subqueries, and plans a statement with 64 of them for several seconds.
    /// </summary>
    public const int Subqueries = 16;

    /// <summary>
    /// The largest number of SQL parameters for filters and properties. In one statement, SQLite accepts 32,766 parameters, and PostgreSQL
    /// 65,535.
    /// </summary>
    public const int SqlParameters = 8_192;

    /// <summary>The largest number of patterns of a subscription.</summary>
    public const int Patterns = 1_024;

    /// <summary>The largest number of paths of a watch.</summary>
    public const int WatchedPaths = 64;

    /// <summary>The largest number of event names of a subscription.</summary>
    public const int EventNames = 64;

    /// <summary>Checks that a number of items does not exceed a limit.</summary>
    /// <param name="count">The number of items.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="parameter">The name of the query parameter, for the error message.</param>
    /// <param name="items">The word for the items in the error message, in the plural.</param>
    /// <exception cref="InvalidQueryException">The number exceeds the limit.</exception>
    public static void Check(int count, int limit, string parameter, string items)
    {
        if (count > limit)
            throw new InvalidQueryException(parameter, $"the query has more than {limit} {items}.");
    }

    /// <summary>Checks that a text does not exceed <see cref="TextLength"/>.</summary>
    /// <param name="text">The text; null if there is none.</param>
    /// <param name="parameter">The name of the query parameter, for the error message.</param>
    /// <exception cref="InvalidQueryException">The text is too long.</exception>
    public static void CheckLength(string? text, string parameter)
    {
        if (text?.Length > TextLength)
            throw new InvalidQueryException(parameter, $"a name or a value has more than {TextLength} characters.");
    }
}
