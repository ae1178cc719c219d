using BuildData.Definitions;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Queries;

/// <summary>Represents query options that have been validated for a resource type. Immutable.</summary>
internal sealed class ValidatedSpec
{
    /// <summary>The options of a query that has no filters, order, paging or properties.</summary>
    public static readonly ValidatedSpec None = new(ResultSpec.Empty, [], [], [], [], isComputed: false);

    /// <summary>
    /// The options of an update that reads a resource and then changes it. If the store can have several writers, the query also locks
    /// the resource's row.
    /// </summary>
    public static readonly ValidatedSpec ForUpdate = new(ResultSpec.Empty, [], [], [], [], isComputed: false) { LocksRows = true };

    private readonly FieldFilter[] _filters;
    private readonly (FilterRelation Relation, FieldFilter[] Filters)[] _relatedFilters;
    private readonly FieldFilter[] _sourceFilters;
    private readonly bool _isComputed;
    private readonly OrderTerm[] _order;

    private ValidatedSpec(
        ResultSpec spec, FieldFilter[] filters, FieldFilter[] sourceFilters, (FilterRelation Relation, FieldFilter[] Filters)[] relatedFilters, OrderTerm[] order, bool isComputed)
    {
        Spec = spec;
        string[] filtered = isComputed ? [] : [.. relatedFilters.SelectMany(related => related.Relation.PropertyNames(related.Filters))];
        Properties = spec.SelectsProperties || filtered.Length > 0 ? new PropertySelection(spec.AllProperties, spec.Properties.Concat(filtered)) : PropertySelection.None;
        _filters = filters;
        _sourceFilters = sourceFilters;
        _relatedFilters = relatedFilters;
        _order = order;
        _isComputed = isComputed;
        foreach ((Field field, Filter filter) in filters)
        {
            if (field is ISelectsIncomplete incomplete && incomplete.SelectsIncomplete(filter))
            {
                SelectsIncomplete = true;
                CompetesWithOrder |= incomplete.CompetesWithOrder(order.Length > 0 ? order[0].Field : null);
            }
        }
    }

    /// <summary>Gets the query options as they were passed.</summary>
    public ResultSpec Spec { get; }

    /// <summary>Gets the properties to return with builds and build requests: those that are selected, and those in filters.</summary>
    public PropertySelection Properties { get; }

    /// <summary>Gets whether a filter selects only incomplete resources, of which there are few.</summary>
    public bool SelectsIncomplete { get; }

    /// <summary>
    /// Gets whether a database without statistics would use an index for the order instead of the partial index of the incomplete resources.
    /// </summary>
    public bool CompetesWithOrder { get; }

    /// <summary>Gets whether a filter compares data that is not part of the resource, such as the branch of a build's source stamps.</summary>
    public bool HasRelatedFilters => _relatedFilters.Length > 0;

    /// <summary>Gets the number of values in the filters on the resources and on related data.</summary>
    public int FilterValueCount => _filters.Concat(_relatedFilters.SelectMany(related => related.Filters)).Sum(one => one.Filter.Values.Count);

    /// <summary>Gets the related data to return together with the resources.</summary>
    public IReadOnlyList<Include> Includes { get; private init; } = [];

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
        IReadOnlyList<Include> includes = IncludeFinder.Find(resource, spec.Include);
        if (IncludeFinder.IncludesProperties(resource, spec.Include))
            spec = spec with { AllProperties = true };
        foreach (string name in spec.Fields)
        {
            if (!spec.Include.Contains(name))
                _ = Find(resource, name, parameter: "field");
        }

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

        if (spec.After is not null && !isCollection)
            throw new InvalidQueryException("after", "a single resource has no pages.");
        if (spec.After is not null && spec.Offset > 0)
            throw new InvalidQueryException("offset", "it can't be combined with 'after'.");

        ResourceDefinition source = resource.Source ?? resource;
        var filters = new List<FieldFilter>(spec.Filters.Count);
        var sourceFilters = new List<FieldFilter>();
        var related = new List<(FilterRelation Relation, FieldFilter Filter)>();
        int comparisons = 0;
        int subqueries = 0;
        int parameters = spec.Properties.Count;
        foreach (Filter filter in spec.Filters)
        {
            FilterRelation? relation = FindRelation(source, filter.Field);
            Field? ofSource = relation is null ? FindOnSource(resource, filter) : null;
            Field field = ofSource ?? (relation is null ? Selected(resource, spec, filter.Field, filter.Parameter) : FindRelated(relation, source, filter));
            comparisons += FilterSqlWriter.CountComparisons(field, filter);
            QueryLimits.Check(comparisons, QueryLimits.Comparisons, filter.Parameter, "comparisons");
            subqueries += field.CountSubqueries(filter);
            QueryLimits.Check(subqueries, QueryLimits.Subqueries, filter.Parameter, "filters by properties and elements of lists");
            parameters += FilterSqlWriter.CountParameters(field, filter);
            QueryLimits.Check(parameters, QueryLimits.SqlParameters, filter.Parameter, "values");
            if (relation is not null)
                related.Add((relation, new FieldFilter(field, filter)));
            else if (ofSource is not null)
                sourceFilters.Add(new FieldFilter(field, filter));
            else
                filters.Add(new FieldFilter(field, filter));
        }

        return new ValidatedSpec(
            spec,
            [.. filters],
            [.. sourceFilters],
            [.. related.GroupBy(one => one.Relation).Select(group => (group.Key, group.Select(one => one.Filter).ToArray()))],
            [.. spec.Order.Select(order => new OrderTerm(Orderable(Selected(resource, spec, order.Field, "order")), order.Descending))],
            isComputed: resource.Source is not null)
        {
            Includes = includes,
        };
    }

    /// <summary>
    /// Returns whether a resource matches the filters on its own fields. The SQL conditions of <see cref="AppendConditions"/> select the same
    /// resources.
    /// </summary>
    public bool Matches(object resource)
    {
        foreach ((Field field, Filter filter) in _filters)
        {
            if (!field.Matches(resource, filter))
                return false;
        }

        return true;
    }

    /// <summary>Returns whether a resource matches the filters that compare other data, such as the branch of a build's source stamps.</summary>
    /// <param name="resource">The resource, with the properties in <see cref="Properties"/>.</param>
    /// <param name="related">Reads the other data.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public async ValueTask<bool> MatchesRelated(object resource, IRelatedResources related, CancellationToken cancellationToken)
    {
        foreach ((FilterRelation relation, FieldFilter[] filters) in _relatedFilters)
        {
            if (!await relation.Matches(resource, filters, related, cancellationToken).ConfigureAwait(false))
                return false;
        }

        return true;
    }

    /// <summary>Appends the filters on the resources as SQL conditions.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="dialect">The SQL dialect of the store.</param>
    /// <param name="prefix">The column on which the statement has a condition already; null if there is none.</param>
    /// <param name="isFenced">Whether the database must not begin with the tables of filters on related data.</param>
    /// <param name="first">The first field of the order, if the statement reads resources of all parents in an order. Otherwise null.</param>
    public void AppendConditions(SqlBuilder sql, SqlDialect dialect, PrefixColumn? prefix, bool isFenced, Field? first)
    {
        bool isAlone = _filters.Count(SelectsValues) == 1;
        foreach ((Field field, Filter filter) in _filters)
        {
            if (prefix is not null && prefix.Replaces(filter))
                continue;
            field.AppendFilter(sql, filter, dialect);
            field.AppendIndexCondition(sql, filter, first, isAlone, dialect);
        }

        if (!_isComputed)
            AppendRelatedConditions(sql, dialect, isFenced);
    }

    /// <summary>
    /// Appends the filters on the <see cref="ResourceDefinition.Source"/> as SQL conditions. They select the resources from which others are
    /// computed.
    /// </summary>
    public void AppendSourceConditions(SqlBuilder sql, SqlDialect dialect)
    {
        foreach ((Field field, Filter filter) in _sourceFilters)
        {
            field.AppendFilter(sql, filter, dialect);
            field.AppendIndexCondition(sql, filter, first: null, isAlone: false, dialect);
        }

        AppendRelatedConditions(sql, dialect, isFenced: false);
    }

    /// <summary>
    /// Returns the tables from which the statement of a query should read first. Returns null if it should read from the table of the resources
    /// first.
    /// </summary>
    public StatementStart? FindStart(Query query)
    {
        // There are only a few incomplete resources, and an index finds them.
        if (SelectsIncomplete || _isComputed)
            return null;
        if (query.FindStart() is { } start)
            return start;
        return _relatedFilters.Length == 0 ? null : _relatedFilters.Select(related => related.Relation.FindStart(query, related.Filters)).OfType<StatementStart>().MaxBy(start => start.Rank);
    }

    /// <summary>
    /// Returns the first column of the indexes that serve a query, if the path or the filters select a single value of it. Otherwise returns null.
    /// </summary>
    /// <param name="query">The query.</param>
    /// <param name="dialect">The SQL dialect of the store.</param>
    /// <param name="first">The first field of the order; null if the statement has no order.</param>
    public PrefixColumn? FindPrefix(Query query, SqlDialect dialect, Field? first)
    {
        // There are only a few incomplete resources, and an index finds them.
        if (!dialect.ChoosesIndexesByStatistics || SelectsIncomplete || _isComputed)
            return null;
        PrefixColumn? parent = query.ParentColumn is { } column ? new PrefixColumn(column, query.AppendParentId)
            : query.IsWholeCollection ? FindPrefix(parent: null, first: null)
            : null;

        // The indexes of a parent come first: an index of all parents would contain the resources of others.
        if (parent is not null)
            return FindPrefix(parent, first) ?? parent;
        return query.IsWholeCollection ? FindPrefix(parent: null, first) : null;
    }

    /// <summary>Returns whether one index has both the order and all filters. Then the right plan does not depend on the values of the filters.</summary>
    /// <param name="query">The query.</param>
    /// <param name="prefix">The column with which the order begins; null if there is none.</param>
    /// <param name="first">The first field of the order.</param>
    public bool HasOneIndex(Query query, PrefixColumn? prefix, Field first)
    {
        FieldFilter[] others = [.. _filters.Where(one => prefix?.Replaces(one.Filter) != true && !one.Field.SelectsNearlyAll(one.Filter))];
        return _relatedFilters.Length == 0 && others switch
        {
            [] => true,
            [var one] => (prefix is not null || query.IsWholeCollection) && one.Field.IsInIndexOfOrder(one.Filter, prefix?.Text, first),
            _ => false,
        };
    }

    /// <summary>
    /// Returns the order of a query. The last terms identify a resource, so that the pages of a collection neither overlap nor miss a resource.
    /// They have the direction of the term before them, so that the database can read an index in one direction.
    /// </summary>
    /// <param name="defaultOrder">The order if the options have none. It identifies each resource.</param>
    /// <param name="keys">The fields that identify a resource.</param>
    public IReadOnlyList<OrderTerm> OrderTerms(IReadOnlyList<OrderTerm> defaultOrder, IReadOnlyList<Field> keys)
    {
        if (_order.Length == 0)
            return defaultOrder;

        // After the id, further terms change nothing.
        int end = keys.Count == 1 ? Array.FindIndex(_order, term => term.Field == keys[0]) : -1;
        if (end >= 0)
            return _order[..(end + 1)];
        return [.. _order, .. keys.Where(key => !Array.Exists(_order, term => term.Field == key)).Select(key => new OrderTerm(key, _order[^1].Descending))];
    }

    private static bool SelectsValues(FieldFilter one) =>
        one.Filter.Operator is FilterOperator.Equal or FilterOperator.In && !one.Field.SelectsNearlyAll(one.Filter);

    private void AppendRelatedConditions(SqlBuilder sql, SqlDialect dialect, bool isFenced)
    {
        foreach ((FilterRelation relation, FieldFilter[] filters) in _relatedFilters)
            relation.AppendConditions(sql, filters, dialect, isFenced);
    }

    private PrefixColumn? FindPrefix(PrefixColumn? parent, Field? first)
    {
        foreach ((Field field, Filter filter) in _filters)
        {
            if (filter is { Operator: FilterOperator.Equal or FilterOperator.In, Values.Count: 1 } && field.FindPrefix(filter, parent, first) is { } prefix)
                return prefix;
        }

        return null;
    }

    private static FilterRelation? FindRelation(ResourceDefinition resource, string field)
    {
        if (resource is not IFilterRelations { Relations: var relations } || !field.Contains('.'))
            return null;
        return relations.FirstOrDefault(relation => field.StartsWith(relation.Prefix, StringComparison.Ordinal));
    }

    private static Field FindRelated(FilterRelation relation, ResourceDefinition resource, Filter filter) =>
        relation.FindField(filter.Field[relation.Prefix.Length..])
        ?? throw new InvalidQueryException(
            filter.Parameter, $"a {resource.Kind} can't be filtered by '{ShortText.Of(filter.Field)}'. It can be filtered by {relation.DescribeFields()}.");

    private static void CheckSizes(ResultSpec spec)
    {
        QueryLimits.Check(spec.Fields.Count, QueryLimits.Fields, "field", "fields");
        QueryLimits.Check(spec.Properties.Count, QueryLimits.Properties, "property", "properties");
        QueryLimits.Check(spec.Include.Count, QueryLimits.Includes, "include", "names of related data");
        QueryLimits.Check(spec.Order.Count, QueryLimits.Order, "order", "terms of an order");
        QueryLimits.CheckLength(spec.After, "after");
        foreach (string property in spec.Properties)
            QueryLimits.CheckLength(property, "property");
        for (int i = 0; i < spec.Filters.Count; i++)
        {
            Filter filter = spec.Filters[i];
            QueryLimits.Check(i + 1, QueryLimits.Filters, filter.Parameter, "filters");
            QueryLimits.Check(filter.Values.Count, QueryLimits.Values, filter.Parameter, "values of one filter");
            QueryLimits.CheckLength(filter.Field, filter.Parameter);
            foreach (FilterValue value in filter.Values)
                QueryLimits.CheckLength(value.Content as string, filter.Parameter);
        }
    }

    private static Field Orderable(Field field) =>
        field.Type == FieldType.Json
            ? throw new InvalidQueryException("order", $"resources can't be ordered by the field '{field.Name}'.")
            : field;

    // If the source has a field too, the filter is on the source: the result is the same, but less is computed.
    private static Field? FindOnSource(ResourceDefinition resource, Filter filter)
    {
        if (resource.Source is not { } source)
            return null;
        return source.FindField(filter.Field) is null && resource.FindField(filter.Field) is null
            ? throw NoSuchField(resource, filter.Field, filter.Parameter, [.. source.Fields, .. resource.Fields])
            : source.FindField(filter.Field);
    }

    private static Field Selected(ResourceDefinition resource, ResultSpec spec, string field, string parameter)
    {
        Field found = Find(resource, field, parameter);
        if (spec.Fields.Count > 0 && !spec.Fields.Contains(field))
            throw new InvalidQueryException(parameter, $"the field '{ShortText.Of(field)}' is not among those selected.");
        return found;
    }

    private static Field Find(ResourceDefinition resource, string field, string parameter) =>
        resource.FindField(field) ?? throw NoSuchField(resource, field, parameter, resource.Fields);

    private static InvalidQueryException NoSuchField(ResourceDefinition resource, string field, string parameter, IReadOnlyList<Field> known)
    {
        string reason = known.Count == 0
            ? $"a {resource.Kind} has no fields."
            : $"a {resource.Kind} has no field '{ShortText.Of(field)}'.{Suggestion(known, field)} It has {string.Join(", ", known.Select(one => one.Name).Distinct())}.";
        return new InvalidQueryException(parameter, reason);
    }

    // A long text, which may come from anybody, is not compared: that takes time in proportion to its length.
    private static string Suggestion(IReadOnlyList<Field> known, string field) =>
        field.Length > 100 ? "" : $" Did you mean '{known.MinBy(one => EditDistance.Between(field, one.Name))!.Name}'?";
}
