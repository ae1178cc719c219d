using BuildData.Values;

namespace BuildData.Queries;

/// <summary>
/// What of a resource, and which of a collection, a query is to return: what a query string says, in types. Where a path
/// has a query string as well, both hold.
/// </summary>
/// <remarks>
/// Lists are copied when they are set. A query takes at most 256 filters with 256 comparisons in all (a list of values that are
/// not times counts as one), 1,024 values in one filter, 64 terms of an order, 64 fields, 1,024 properties, and 8,192 values
/// altogether, where the length of each list is rounded up to a power of two. A larger one is refused with
/// <see cref="InvalidQueryException"/>.
/// </remarks>
public sealed record ResultSpec
{
    internal static readonly ResultSpec Empty = new();

    /// <summary>Conditions that all must hold. Collections only.</summary>
    public IReadOnlyList<Filter> Filters { get; init => field = ValueList.Copy(value); } = [];

    /// <summary>The order, most significant first; ties and no order at all are by id. Collections only.</summary>
    public IReadOnlyList<Order> Order { get; init => field = ValueList.Copy(value); } = [];

    /// <summary>How many resources to return at the most. Collections only.</summary>
    public long? Limit { get; init; }

    /// <summary>How many resources to pass over first. Collections only.</summary>
    public long? Offset { get; init; }

    /// <summary>
    /// The wire names of the attributes to return; none stands for all. For <see cref="DataApi.Get(DataPath, ResultSpec?, CancellationToken)"/>
    /// only: a typed resource is always whole.
    /// </summary>
    public IReadOnlyList<string> Fields { get; init => field = ValueList.Copy(value); } = [];

    /// <summary>
    /// The names of the properties to return with builds and build requests. <c>*</c> is a name here like any other; for all
    /// properties set <see cref="AllProperties"/>.
    /// </summary>
    public IReadOnlyList<string> Properties { get; init => field = ValueList.Copy(value); } = [];

    /// <summary>Whether to return all properties with builds and build requests: <c>property=*</c>.</summary>
    public bool AllProperties { get; init; }

    /// <summary>
    /// Whether a typed collection is to count what matches before paging. The untyped <c>Get</c> always does. Counting costs what
    /// matches, not what is returned.
    /// </summary>
    public bool IncludeTotal { get; init; }

    /// <summary>Whether builds and build requests are to carry properties.</summary>
    internal bool WantsProperties => AllProperties || Properties.Count > 0;

    /// <summary>A spec that says what both say.</summary>
    /// <exception cref="InvalidQueryException">Both have a limit, or both an offset.</exception>
    internal ResultSpec And(ResultSpec? other)
    {
        if (other is null || ReferenceEquals(other, Empty))
            return this;
        if (ReferenceEquals(this, Empty))
            return other;

        return new ResultSpec
        {
            Filters = [.. Filters, .. other.Filters],
            Order = [.. Order, .. other.Order],
            Limit = Once("limit", Limit, other.Limit),
            Offset = Once("offset", Offset, other.Offset),
            Fields = [.. Fields, .. other.Fields],
            Properties = [.. Properties, .. other.Properties],
            AllProperties = AllProperties || other.AllProperties,
            IncludeTotal = IncludeTotal || other.IncludeTotal,
        };
    }

    private static long? Once(string parameter, long? first, long? second) =>
        first is null || second is null
            ? first ?? second
            : throw new InvalidQueryException(parameter, "it is in the path's query string and in the ResultSpec.");
}
