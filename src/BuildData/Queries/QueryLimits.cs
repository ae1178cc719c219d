namespace BuildData.Queries;

/// <summary>
/// How large a query can be. A larger one is refused with <see cref="InvalidQueryException"/> before it reaches a store.
/// </summary>
internal static class QueryLimits
{
    /// <summary>Characters of a query string.</summary>
    public const int QueryStringLength = 1_048_576;

    /// <summary>Parameters of a query string.</summary>
    public const int QueryStringParameters = 4_096;

    /// <summary>Terms of an order. SQLite takes 2,000, PostgreSQL 1,664.</summary>
    public const int Order = 64;

    /// <summary>Fields that are selected.</summary>
    public const int Fields = 64;

    /// <summary>Names of properties.</summary>
    public const int Properties = 1_024;

    /// <summary>Filters.</summary>
    public const int Filters = 256;

    /// <summary>Values of one filter.</summary>
    public const int Values = 1_024;

    /// <summary>Comparisons of all filters: stores bound how deep a condition can be.</summary>
    public const int Comparisons = 256;

    /// <summary>SQL parameters that filters and properties become. SQLite takes 32,766 in a statement, PostgreSQL 65,535.</summary>
    public const int SqlParameters = 8_192;

    /// <summary>Patterns of a subscription.</summary>
    public const int Patterns = 1_024;

    /// <summary>Event names of a subscription.</summary>
    public const int EventNames = 64;

    /// <exception cref="InvalidQueryException">There are more than the limit.</exception>
    public static void Check(int count, int limit, string parameter, string things)
    {
        if (count > limit)
            throw new InvalidQueryException(parameter, $"the query has more than {limit} {things}.");
    }
}
