using BuildData.Definitions;
using BuildData.Stores;

namespace BuildData.Queries;

/// <summary>Represents how a statement reads a page: the tables with which it begins, the order, and what the planner of the database sees.</summary>
internal sealed class PagePlan
{
    private PagePlan(StatementStart? start, PrefixColumn? prefix, Field? first, OrderColumn[] order)
    {
        Start = start;
        Prefix = prefix;
        First = first;
        Order = order;
    }

    /// <summary>Gets the tables with which the statement begins; null if it begins with the table of the resources.</summary>
    public StatementStart? Start { get; }

    /// <summary>Gets the column with which the order begins; null if there is none.</summary>
    public PrefixColumn? Prefix { get; }

    /// <summary>Gets the first field of the order; null if the statement has no order.</summary>
    public Field? First { get; }

    /// <summary>Gets the columns of the order, without the prefix.</summary>
    public OrderColumn[] Order { get; }

    /// <summary>Gets whether the database must not begin with the tables of filters on related data.</summary>
    public bool IsFenced { get; private init; }

    /// <summary>
    /// Gets whether one plan is right for all values of the filters. Then the values are hidden from the planner of the database, so that it keeps
    /// the plan.
    /// </summary>
    public bool HidesValues { get; private init; }

    /// <summary>Creates the plan of a page.</summary>
    public static PagePlan Create<T>(CollectionQuery<T> query, SqlDialect dialect, ValidatedSpec spec, IReadOnlyList<OrderTerm> order)
        where T : class
    {
        Field first = order[0].Field;
        StatementStart? start = spec.FindStart(query);
        OrderColumn[] columns = [.. order.Select(term => ToColumn(term, query.Resource, start))];
        if (start is null)
        {
            PrefixColumn? prefix = spec.FindPrefix(query, dialect, first);
            return new PagePlan(start, prefix, first, columns)
            {
                HidesValues = dialect.ChoosesIndexesByStatistics && spec.HasOneIndex(query, prefix, first),
            };
        }

        bool isFenced = dialect.ChoosesIndexesByStatistics && start.IdColumn is not null && first == query.Resource.Fields[0];
        return new PagePlan(start, prefix: null, first, columns)
        {
            IsFenced = isFenced,
            HidesValues = isFenced && query.ParentColumn is null && spec.FilterValueCount == (query.FindStart() is null ? 1 : 0),
        };
    }

    /// <summary>Creates the plan of a statement that counts the resources of all pages.</summary>
    public static PagePlan CreateForCount<T>(CollectionQuery<T> query, SqlDialect dialect, ValidatedSpec spec)
        where T : class
    {
        StatementStart? start = spec.FindStart(query);
        return new PagePlan(start, start is null ? spec.FindPrefix(query, dialect, first: null) : null, first: null, order: []);
    }

    // The column of the start has the ids too, in the order of an index.
    private static OrderColumn ToColumn<T>(OrderTerm term, TableDefinition<T> resource, StatementStart? start)
        where T : class =>
        new(term.Field == resource.Fields[0] && start?.IdColumn is { } id ? id : term.Field.Column!, term.Descending, term.Field.IsNullable);
}
