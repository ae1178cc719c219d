using System.Text;
using BuildData.Definitions;
using BuildData.Values;

namespace BuildData.Queries;

/// <summary>
/// Specifies query options: filters, order, paging, fields and properties. The options correspond to the parameters of a query string. If
/// the path has a query string, the library applies the options of both.
/// </summary>
/// <remarks>
/// <para>Immutable and thread-safe. Lists are copied when they are set.</para>
/// <para>A query that exceeds one of these limits is refused with <see cref="InvalidQueryException"/>:</para>
/// <list type="bullet">
/// <item>256 filters.</item>
/// <item>16 filters by properties and elements of lists. For elements of lists, each value counts as one.</item>
/// <item>1,024 values in one filter.</item>
/// <item>256 comparisons in all filters together. A list of values counts as one comparison, unless the values are times.</item>
/// <item>8,192 values in total. The length of each list is rounded up to a power of two.</item>
/// <item>64 order terms, 64 fields, 1,024 properties and 16 names of related data.</item>
/// <item>1,048,576 characters in the name of a filter or a property, in a value, and in <see cref="After"/>.</item>
/// </list>
/// </remarks>
public sealed record ResultSpec
{
    internal static readonly ResultSpec Empty = new();

    /// <summary>Gets the filters. A resource must match all of them. For collections only.</summary>
    public IReadOnlyList<Filter> Filters { get; init => field = EquatableList.Copy(value); } = [];

    /// <summary>Gets the order terms, the most significant first. Resources that are equal in all terms are ordered by id. For collections only.</summary>
    public IReadOnlyList<Order> Order { get; init => field = EquatableList.Copy(value); } = [];

    /// <summary>Gets the largest number of resources to return; null for no limit. For collections only.</summary>
    public long? Limit { get; init; }

    /// <summary>Gets the number of resources to skip before the first returned resource. Null skips no resource. For collections only.</summary>
    public long? Offset { get; init; }

    /// <summary>
    /// Gets the position at which the page begins: <see cref="ResourceList{T}.Next"/> of the page before it. Null stands for the first page.
    /// A page that begins at a position costs the same at any depth, while <see cref="Offset"/> costs what it skips. The query must have the
    /// same path, filters and order as the query of the page before it. For collections only.
    /// </summary>
    public string? After { get; init; }

    /// <summary>
    /// Gets the names of the attributes to return, as in JSON, such as <c>state_string</c>. If empty, all attributes are returned. Only
    /// <see cref="DataApi.Get(DataPath, ResultSpec?, CancellationToken)"/> supports this option. Typed resources always have all
    /// attributes.
    /// </summary>
    public IReadOnlyList<string> Fields { get; init => field = EquatableList.Copy(value); } = [];

    /// <summary>
    /// Gets the names of the properties to return with builds and build requests. <c>*</c> has no special meaning here. To return all
    /// properties, set <see cref="AllProperties"/>.
    /// </summary>
    public IReadOnlyList<string> Properties { get; init => field = EquatableList.Copy(value); } = [];

    /// <summary>Gets whether to return all properties with builds and build requests. Corresponds to <c>property=*</c>.</summary>
    public bool AllProperties { get; init; }

    /// <summary>
    /// Gets the names of related data to return together with each resource, such as <c>steps</c> with builds. Each name costs one further
    /// statement, however many resources the query returns. All statements see the same committed state. Each name is also the name of the
    /// attribute that contains the data.
    /// </summary>
    /// <remarks>
    /// <list type="bullet">
    /// <item>Builds: <c>steps</c>, <c>buildrequest</c>, <c>buildset</c>, <c>properties</c>.</item>
    /// <item>Build requests: <c>builds</c>, <c>buildset</c>, <c>properties</c>.</item>
    /// <item>Buildsets: <c>buildrequests</c>, <c>builds</c>, <c>properties</c>.</item>
    /// <item>Builders: <c>newest_build</c>.</item>
    /// </list>
    /// <para>For builds and build requests, <c>properties</c> is the same as <see cref="AllProperties"/>. Included resources have no properties
    /// and no related data of their own. A query includes at most <see cref="BuildDataOptions.MaxResults"/> related resources in total. Watches
    /// do not support this option.</para>
    /// </remarks>
    public IReadOnlyList<string> Include { get; init => field = EquatableList.Copy(value); } = [];

    /// <summary>
    /// Gets whether a typed query for a collection always sets <see cref="ResourceList{T}.Total"/>. If true, and if the page does not
    /// contain the end of the collection, the query counts all matching resources. The cost of counting grows with the number of these
    /// resources.
    /// </summary>
    public bool IncludeTotal { get; init; }

    /// <summary>Gets whether properties of builds and build requests are selected.</summary>
    internal bool SelectsProperties => AllProperties || Properties.Count > 0;

    /// <summary>Returns a text that is equal for two queries only if their paths, filters and orders are equal.</summary>
    internal string DescribeForPaging(string path)
    {
        var text = new StringBuilder();
        Add(path);
        foreach (Filter filter in Filters)
        {
            Add(filter.Field);
            Add(FilterOperators.WireName(filter.Operator));
            foreach (FilterValue value in filter.Values)
                Add(value.ToString());
        }

        text.Append('|');
        foreach (Order order in Order)
        {
            Add(order.Field);
            text.Append(order.Descending ? '-' : '+');
        }

        return text.ToString();

        // The length separates the texts.
        void Add(string part) => text.Append(part.Length).Append(':').Append(part);
    }

    /// <summary>Returns query options that combine these options with other options.</summary>
    /// <exception cref="InvalidQueryException">Both have a limit, or both have an offset.</exception>
    internal ResultSpec MergeWith(ResultSpec? other)
    {
        if (other is null || ReferenceEquals(other, Empty))
            return this;
        if (ReferenceEquals(this, Empty))
            return other;

        return new ResultSpec
        {
            Filters = [.. Filters, .. other.Filters],
            Order = [.. Order, .. other.Order],
            Limit = ThisOrOther("limit", Limit, other.Limit),
            Offset = ThisOrOther("offset", Offset, other.Offset),
            After = ThisOrOther("after", After, other.After),
            Fields = [.. Fields, .. other.Fields],
            Properties = [.. Properties, .. other.Properties],
            AllProperties = AllProperties || other.AllProperties,
            Include = [.. Include, .. other.Include],
            IncludeTotal = IncludeTotal || other.IncludeTotal,
        };
    }

    private static T? ThisOrOther<T>(string parameter, T? first, T? second) =>
        first is null || second is null
            ? first ?? second
            : throw new InvalidQueryException(parameter, "it is in both the path's query string and the ResultSpec. Remove one of them.");
}
