using BuildData.Definitions;
using BuildData.Sql;
using BuildData.Stores;

namespace BuildData.Queries;

/// <summary>Builds and runs the SELECT statement that reads a page of a collection.</summary>
/// <remarks>
/// <para>An index such as (builder, start time, id) contains the resources of each parent in order. Without statistics, a database uses such an
/// index by itself. But with statistics, it can prefer to read all builds in the order of their start times and to search those of the builder,
/// because it expects to find some soon. That reads the whole history if the builder has only old builds. So for such a database, the order
/// begins with the parent, which only the right index can provide. The parent is compared as a range, because the database ignores a column
/// with a single value in an order.</para>
/// <para>The same is true for filters that select a parent, and for a filter by the result of a builder's builds. See
/// <see cref="PrefixColumn"/>.</para>
/// <para>A condition on the source stamps or the properties of builds can be the same trap: the database can read all source stamps of a branch,
/// sort their builds and return a page of them. If the statement begins with the tables of a start that has the order, a fence keeps the
/// database from reading the tables of the condition first.</para>
/// <para>If one index has both the order and all filters, one plan is right for all values. Then the values are hidden from the database, and it is
/// told how few rows to expect, so that it keeps the plan for all executions. With a further filter, the right plan depends on the values: few
/// builds of the last minute need another index than all builds since last year. Then the database must see the values each time.</para>
/// <para>Incomplete resources are few, and a partial index contains them. A database without statistics would prefer an index with the order. So
/// for such a database, the order consists of expressions, which no index contains.</para>
/// </remarks>
internal static class PageReader
{
    /// <summary>Reads a page of the resources that a query selects.</summary>
    /// <param name="query">The query.</param>
    /// <param name="session">The session.</param>
    /// <param name="spec">The filters, the order and the selected properties.</param>
    /// <param name="page">Where the page begins and how many resources it has at most.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public static async ValueTask<List<T>> Read<T>(CollectionQuery<T> query, ReadSession session, ValidatedSpec spec, Page page, CancellationToken cancellationToken)
        where T : class
    {
        PagePlan plan = PagePlan.Create(query, session.Dialect, spec, Order(query, spec, page.IsOrderedById));
        if (page.After is not { } position)
            return await ReadRange(query, session, spec, plan, page.Limit, page.Offset, range: null, cancellationToken).ConfigureAwait(false);

        // With a start, the database can still read the table of the resources first, in the order of their ids. So the position must bound this
        // table too.
        Action<SqlBuilder, PrefixColumn?>? bound = plan is { Start.IdColumn: not null, Order: [{ Descending: var descending }] }
            ? (sql, _) => sql.Condition().Append(query.Resource.IdColumn).Append(descending ? " < " : " > ").Value(position[0])
            : null;
        var all = new List<T>();
        foreach (PageRange range in new PagePosition(plan.Order, position).Ranges())
        {
            PageRange bounded = range with { AppendCondition = range.AppendCondition + bound };
            all.AddRange(await ReadRange(query, session, spec, plan, page.Limit - all.Count, offset: 0, bounded, cancellationToken).ConfigureAwait(false));
            if (all.Count == page.Limit)
                break;
        }

        return all;
    }

    /// <summary>Returns the order in which <see cref="Read"/> returns the resources.</summary>
    public static IReadOnlyList<OrderTerm> Order<T>(CollectionQuery<T> query, ValidatedSpec spec, bool isOrderedById)
        where T : class
    {
        IReadOnlyList<Field<T>> keys = query.Resource.Keys;
        IReadOnlyList<OrderTerm>? byDefault = isOrderedById ? null : query.DefaultOrder;
        return spec.OrderTerms(byDefault ?? [.. keys.Select(static key => new OrderTerm(key, Descending: false))], keys);
    }

    /// <summary>Appends the tables from which the count of all resources of a query reads, and the conditions.</summary>
    public static void AppendTablesAndConditions<T>(SqlBuilder sql, CollectionQuery<T> query, ValidatedSpec spec, SqlDialect dialect)
        where T : class =>
        AppendTablesAndConditions(sql, query, spec, dialect, PagePlan.CreateForCount(query, dialect, spec), isOrdered: false);

    private static void AppendTablesAndConditions<T>(SqlBuilder sql, CollectionQuery<T> query, ValidatedSpec spec, SqlDialect dialect, PagePlan plan, bool isOrdered)
        where T : class
    {
        if (plan.Start is { } start)
            start.AppendTables(sql);
        else
            query.AppendTable(sql, spec, dialect);

        sql.HidesValues = plan.HidesValues;
        plan.Start?.AppendConditions(sql);
        if (plan.Prefix is { } prefix)
            prefix.AppendCondition(sql, asRange: isOrdered);
        else if (query.ParentColumn is { } parent)
            query.AppendParentId(sql.Condition().Append(parent).Append(" = "));
        query.AppendConditions(sql);
        spec.AppendConditions(sql, dialect, plan.Prefix, plan.IsFenced, query.IsWholeCollection ? plan.First : null);
        sql.HidesValues = false;
    }

    private static async ValueTask<List<T>> ReadRange<T>(
        CollectionQuery<T> query, ReadSession session, ValidatedSpec spec, PagePlan plan, long limit, long offset, PageRange? range, CancellationToken cancellationToken)
        where T : class
    {
        TableDefinition<T> resource = query.Resource;
        SqlDialect dialect = session.Dialect;
        string? estimate = plan.HidesValues && offset == 0 ? RowEstimate.Clause(limit) : null;
        SqlBuilder sql = session.Sql();

        // LIMIT must count resources, but a resource with details (such as properties) has one joined row for each detail. So apply
        // LIMIT in a subquery, and join the details outside it.
        bool detailed = resource.DetailOrderColumn(spec.Properties) is not null;
        if (detailed)
        {
            SelectStatementRunner.AppendSelect(sql, resource, spec);
            sql.Append("(");
        }

        if (estimate is not null)
            sql.Append("SELECT * FROM (");
        if (detailed)
            sql.Append("SELECT ").Append(resource.Alias).Append(".* FROM ");
        else
            SelectStatementRunner.AppendSelect(sql, resource, spec);

        bool beginsWithPrefix = range is not { IsOfNulls: true };
        PrefixColumn? prefix = beginsWithPrefix ? plan.Prefix : null;
        AppendTablesAndConditions(sql, query, spec, dialect, plan, beginsWithPrefix);
        range?.AppendCondition(sql, prefix);
        AppendOrder(sql, plan.Order, prefix, dialect, onlyIndexed: spec.CompetesWithOrder && !dialect.ChoosesIndexesByStatistics ? resource.IdColumn : null);

        // SQLite prepares a statement again whenever a bare parameter of LIMIT is bound, to optimize for its value. A sum avoids this.
        sql.Append($" LIMIT {limit} + 0");
        if (offset > 0)
            sql.Append($" OFFSET {offset} + 0");
        if (estimate is not null)
            sql.Append(") AS page").Append(estimate);

        if (detailed)
        {
            sql.Append(") AS ").Append(resource.Alias);
            resource.AppendDetailJoins(sql, spec.Properties);

            // Outside the subquery, the tables of the start do not exist.
            OrderColumn[] outside = [.. plan.Order.Select(column => column.Text == plan.Start?.IdColumn ? column with { Text = resource.IdColumn } : column)];
            AppendOrder(sql, outside, prefix: null, dialect, onlyIndexed: null);
            sql.Append(", ").Append(resource.DetailOrderColumn(spec.Properties));
        }

        List<T> rows = await SelectStatementRunner.Run(resource, sql, session, spec, cancellationToken).ConfigureAwait(false);
        return await query.Complete(rows, session, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Appends an ORDER BY clause.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="columns">The columns of the order.</param>
    /// <param name="prefix">The column that comes first in the order; null if there is none.</param>
    /// <param name="dialect">The SQL dialect of the store.</param>
    /// <param name="onlyIndexed">The only column for whose order the database may use an index; null if it may do so for all columns.</param>
    private static void AppendOrder(SqlBuilder sql, OrderColumn[] columns, PrefixColumn? prefix, SqlDialect dialect, string? onlyIndexed)
    {
        sql.Append(" ORDER BY ");
        if (prefix is not null)
            sql.Append(prefix.Text).Append(columns[0].Descending ? " DESC, " : ", ");
        foreach ((string text, bool descending, bool isNullable) in columns)
        {
            sql.Append(onlyIndexed is null || text == onlyIndexed ? "" : "+").Append(text).Append((descending, isNullable) switch
            {
                (true, true) => dialect.DescendingNulls,
                (true, false) => " DESC",
                (false, true) => dialect.AscendingNulls,
                _ => "",
            }).Append(", ");
        }

        sql.TrimEnd(2);
    }
}
