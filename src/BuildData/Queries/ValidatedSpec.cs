using BuildData.Definitions;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Queries;

/// <summary>Represents query options that have been validated for a resource type. Immutable.</summary>
internal sealed class ValidatedSpec
{
    /// <summary>The options of a query that has no filters, order, paging or properties.</summary>
    public static readonly ValidatedSpec None = new(ResultSpec.Empty, [], []);

    /// <summary>
    /// The options of an update that reads a resource and then changes it. If the store can have several writers, the query also locks
    /// the resource's row.
    /// </summary>
    public static readonly ValidatedSpec ForUpdate = new(ResultSpec.Empty, [], []) { LocksRows = true };

    private readonly (Field Field, Filter Filter, bool IsOnSource)[] _filters;
    private readonly (Field Field, bool Descending)[] _order;

    private ValidatedSpec(ResultSpec spec, (Field, Filter, bool)[] filters, (Field, bool)[] order)
    {
        Spec = spec;
        Properties = spec.SelectsProperties ? new PropertySelection(spec.AllProperties, spec.Properties) : PropertySelection.None;
        _filters = filters;
        _order = order;
    }

    /// <summary>Gets the query options as they were passed.</summary>
    public ResultSpec Spec { get; }

    /// <summary>Gets the properties to return with builds and build requests.</summary>
    public PropertySelection Properties { get; }

    /// <summary>Gets whether the query locks the rows that it reads. The rows stay locked until the transaction ends.</summary>
    public bool LocksRows { get; private init; }

    /// <summary>Validates query options for a resource type.</summary>
    /// <param name="spec">The query options.</param>
    /// <param name="resource">The resource type.</param>
    /// <param name="isCollection">
    /// Whether the query returns a collection. A query for a single resource can't have filters, and ignores the order, the limit and the
    /// offset.
    /// </param>
    /// <exception cref="InvalidQueryException">
    /// The options name a field that the resource does not have or that is not selected, exceed a limit, or are not supported by the query.
    /// </exception>
    public static ValidatedSpec Validate(ResultSpec spec, ResourceDefinition resource, bool isCollection)
    {
        if (ReferenceEquals(spec, ResultSpec.Empty))
            return None;

        CheckSizes(spec);
        foreach (string name in spec.Fields)
            _ = Find(resource, name, parameter: "field");
        if (spec.SelectsProperties && !resource.HasProperties)
            throw new InvalidQueryException("property", $"a {resource.Kind} has no properties.");
        foreach (string property in spec.Properties)
        {
            if (UnicodeText.IndexOfLoneSurrogate(property) >= 0)
                throw new InvalidQueryException("property", "a property name has half a surrogate pair, so it is not valid text.");
        }

        if (!isCollection && spec.Filters.Count > 0)
            throw new InvalidQueryException(spec.Filters[0].Parameter, "a single resource can't be filtered.");

        if (spec.Limit < 0)
            throw new InvalidQueryException("limit", "it is negative.");
        if (spec.Offset < 0)
            throw new InvalidQueryException("offset", "it is negative.");

        (Field Field, Filter Filter, bool IsOnSource)[] filters = [.. spec.Filters.Select(filter => Filtered(resource, spec, filter))];
        int comparisons = 0;
        int parameters = spec.Properties.Count;
        foreach ((Field field, Filter filter, _) in filters)
        {
            comparisons += FilterSqlWriter.CountComparisons(field, filter);
            QueryLimits.Check(comparisons, QueryLimits.Comparisons, filter.Parameter, "comparisons");
            parameters += FilterSqlWriter.CountParameters(field, filter);
            QueryLimits.Check(parameters, QueryLimits.SqlParameters, filter.Parameter, "values");
        }

        return new ValidatedSpec(
            spec,
            filters,
            [.. spec.Order.Select(order => (Orderable(Selected(resource, spec, order.Field, "order")), order.Descending))]);
    }

    /// <summary>
    /// Returns whether a resource matches the filters. The SQL conditions of <see cref="AppendConditions"/> select the same resources.
    /// </summary>
    public bool Matches(object resource)
    {
        foreach ((Field field, Filter filter, _) in _filters)
        {
            if (!field.Matches(resource, filter))
                return false;
        }

        return true;
    }

    /// <summary>Appends the filters on fields of the resource type as SQL conditions.</summary>
    public void AppendConditions(SqlBuilder sql, SqlDialect dialect) => AppendFilters(sql, dialect, onSource: false);

    /// <summary>Appends the filters on fields of the <see cref="ResourceDefinition.Source"/> as SQL conditions.</summary>
    public void AppendSourceConditions(SqlBuilder sql, SqlDialect dialect) => AppendFilters(sql, dialect, onSource: true);

    /// <summary>
    /// Appends an ORDER BY clause whose last column is unique. Therefore the pages of a collection neither overlap nor miss a resource,
    /// as long as the data does not change.
    /// </summary>
    /// <param name="sql">The statement.</param>
    /// <param name="defaultColumn">The unique column that orders the resources if the options have no order.</param>
    /// <param name="keyColumn">The column that holds the resource's id.</param>
    /// <param name="dialect">The SQL dialect of the store.</param>
    public void AppendOrder(SqlBuilder sql, string defaultColumn, string keyColumn, SqlDialect dialect)
    {
        sql.Append(" ORDER BY ");
        bool unique = false;
        foreach ((Field field, bool descending) in _order)
        {
            sql.Append(field.Column).Append((descending, field.IsNullable) switch
            {
                (true, true) => dialect.DescendingNulls,
                (true, false) => " DESC",
                (false, true) => dialect.AscendingNulls,
                _ => "",
            }).Append(", ");
            unique = field.Column == keyColumn;
            if (unique)
                break;
        }

        if (_order.Length == 0)
            sql.Append(defaultColumn);
        else if (!unique)
            sql.Append(keyColumn);
        else
            sql.TrimEnd(2);
    }

    private void AppendFilters(SqlBuilder sql, SqlDialect dialect, bool onSource)
    {
        foreach ((Field field, Filter filter, bool isOnSource) in _filters)
        {
            if (isOnSource == onSource)
                field.AppendFilter(sql, filter, dialect);
        }
    }

    private static void CheckSizes(ResultSpec spec)
    {
        QueryLimits.Check(spec.Fields.Count, QueryLimits.Fields, "field", "fields");
        QueryLimits.Check(spec.Properties.Count, QueryLimits.Properties, "property", "properties");
        QueryLimits.Check(spec.Order.Count, QueryLimits.Order, "order", "terms of an order");
        for (int i = 0; i < spec.Filters.Count; i++)
        {
            Filter filter = spec.Filters[i];
            QueryLimits.Check(i + 1, QueryLimits.Filters, filter.Parameter, "filters");
            QueryLimits.Check(filter.Values.Count, QueryLimits.Values, filter.Parameter, "values of one filter");
        }
    }

    private static Field Orderable(Field field) =>
        field.Type == FieldType.Json
            ? throw new InvalidQueryException("order", $"resources can't be ordered by the field '{field.Name}'.")
            : field;

    // If both types have a field, the filter is on the source: the result is the same, but less is computed.
    private static (Field Field, Filter Filter, bool IsOnSource) Filtered(ResourceDefinition resource, ResultSpec spec, Filter filter)
    {
        if (resource.Source is not { } source)
            return (Selected(resource, spec, filter.Field, filter.Parameter), filter, false);
        if (source.FindField(filter.Field) is { } field)
            return (field, filter, true);
        return resource.FindField(filter.Field) is null
            ? throw NoSuchField(resource, filter.Field, filter.Parameter, [.. source.Fields, .. resource.Fields])
            : (Selected(resource, spec, filter.Field, filter.Parameter), filter, false);
    }

    private static Field Selected(ResourceDefinition resource, ResultSpec spec, string field, string parameter)
    {
        Field found = Find(resource, field, parameter);
        if (spec.Fields.Count > 0 && !spec.Fields.Contains(field))
            throw new InvalidQueryException(parameter, $"the field '{field}' is not among those selected.");
        return found;
    }

    private static Field Find(ResourceDefinition resource, string field, string parameter) =>
        resource.FindField(field) ?? throw NoSuchField(resource, field, parameter, resource.Fields);

    private static InvalidQueryException NoSuchField(ResourceDefinition resource, string field, string parameter, IReadOnlyList<Field> known) =>
        new(parameter, $"a {resource.Kind} has no field '{field}'.{Suggestion(known, field)} It has {string.Join(", ", known.Select(one => one.Name).Distinct())}.");

    // A long text, which may come from anybody, is not compared: that takes time in proportion to its length.
    private static string Suggestion(IReadOnlyList<Field> known, string field) =>
        field.Length > 100 ? "" : $" Did you mean '{known.MinBy(one => EditDistance.Between(field, one.Name))!.Name}'?";
}
