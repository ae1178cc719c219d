using BuildData.Definitions;
using BuildData.Stores;

namespace BuildData.Queries;

/// <summary>Builds and runs the SELECT statement of a query.</summary>
internal static class SelectStatementRunner
{
    /// <summary>Reads the resource that a query selects. Returns null if the resource does not exist.</summary>
    public static async ValueTask<T?> ReadOne<T>(
        TableDefinition<T> resource, Query query, ReadSession session, ValidatedSpec spec, CancellationToken cancellationToken)
        where T : class
    {
        SqlBuilder sql = session.Sql();
        AppendSelect(sql, resource, spec);
        sql.Append(resource.Table);
        resource.AppendDetailJoins(sql, spec.Properties);
        query.AppendConditions(sql);
        if (resource.DetailOrderColumn(spec.Properties) is { } detailOrder)
            sql.Append(" ORDER BY ").Append(detailOrder);
        if (spec.LocksRows)
            sql.Append(session.Dialect.LockRows(resource.Alias));

        List<T> found = await Run(resource, sql, session, spec, cancellationToken).ConfigureAwait(false);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>Reads a page of the resources that a query selects.</summary>
    /// <param name="query">The query.</param>
    /// <param name="session">The session.</param>
    /// <param name="spec">The filters, the order and the selected properties.</param>
    /// <param name="page">Where the page begins and how many resources it has at most.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public static async ValueTask<List<T>> ReadPage<T>(CollectionQuery<T> query, ReadSession session, ValidatedSpec spec, Page page, CancellationToken cancellationToken)
        where T : class
    {
        StatementStart? start = spec.FindStart(query);
        IReadOnlyList<OrderTerm> order = Order(query, spec, page.IsOrderedById);
        if (page.After is not { } position)
            return await ReadRange(query, session, spec, start, order, page.Limit, page.Offset, range: null, cancellationToken).ConfigureAwait(false);

        string[] columns = [.. order.Select(term => ColumnOf(term.Field, query.Resource, start))];
        var all = new List<T>();
        foreach (Action<SqlBuilder> range in PagePosition.RangesAfter(order, columns, position))
        {
            all.AddRange(await ReadRange(query, session, spec, start, order, page.Limit - all.Count, offset: 0, range, cancellationToken).ConfigureAwait(false));
            if (all.Count == page.Limit)
                break;
        }

        return all;
    }

    /// <summary>Returns the order in which <see cref="ReadPage"/> reads the resources.</summary>
    public static IReadOnlyList<OrderTerm> Order<T>(CollectionQuery<T> query, ValidatedSpec spec, bool isOrderedById)
        where T : class
    {
        IReadOnlyList<Field<T>> key = query.Resource.KeyFields;
        return spec.OrderTerms(isOrderedById ? null : query.DefaultOrder, key);
    }

    private static async ValueTask<List<T>> ReadRange<T>(
        CollectionQuery<T> query, ReadSession session, ValidatedSpec spec, StatementStart? start, IReadOnlyList<OrderTerm> order, long limit, long offset, Action<SqlBuilder>? range, CancellationToken cancellationToken)
        where T : class
    {
        TableDefinition<T> resource = query.Resource;
        SqlBuilder sql = session.Sql();
        AppendSelect(sql, resource, spec);

        // LIMIT must count resources, but a resource with details (such as properties) has one joined row for each detail. So apply
        // LIMIT in a subquery, and join the details outside it.
        bool detailed = resource.DetailOrderColumn(spec.Properties) is not null;
        if (detailed)
            sql.Append("(SELECT ").Append(resource.Alias).Append(".* FROM ");

        AppendTablesAndConditions(sql, query, spec, start, session.Dialect);
        range?.Invoke(sql);
        AppendOrder(sql, order, resource, start, session.Dialect);

        // SQLite prepares a statement again whenever a bare parameter of LIMIT is bound, to optimize for its value. A sum avoids this.
        sql.Append($" LIMIT {limit} + 0");
        if (offset > 0)
            sql.Append($" OFFSET {offset} + 0");

        if (detailed)
        {
            sql.Append(") AS ").Append(resource.Alias);
            resource.AppendDetailJoins(sql, spec.Properties);
            AppendOrder(sql, order, resource, start: null, session.Dialect);
            sql.Append(", ").Append(resource.DetailOrderColumn(spec.Properties));
        }

        List<T> rows = await Run(resource, sql, session, spec, cancellationToken).ConfigureAwait(false);
        return await query.Complete(rows, session, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns the number of resources that match the filters.</summary>
    public static async ValueTask<long> Count<T>(
        CollectionQuery<T> query, ReadSession session, ValidatedSpec spec, CancellationToken cancellationToken)
        where T : class
    {
        SqlBuilder sql = session.Sql().Append("SELECT count(*) FROM ");
        AppendTablesAndConditions(sql, query, spec, spec.FindStart(query), session.Dialect);
        List<long> count = await session.Rows<long>(sql, cancellationToken).ConfigureAwait(false);
        return count[0];
    }

    private static void AppendSelect<T>(SqlBuilder sql, TableDefinition<T> resource, ValidatedSpec spec)
        where T : class
    {
        sql.Append("SELECT ").Append(resource.Columns);
        resource.AppendDetailColumns(sql, spec.Properties);
        sql.Append(" FROM ");
    }

    private static void AppendTablesAndConditions<T>(SqlBuilder sql, CollectionQuery<T> query, ValidatedSpec spec, StatementStart? start, SqlDialect dialect)
        where T : class
    {
        if (start is null)
        {
            query.AppendTable(sql, spec, dialect);
        }
        else
        {
            start.AppendTables(sql);
            start.AppendConditions(sql);
        }

        query.AppendConditions(sql);
        spec.AppendConditions(sql, dialect);
    }

    private static void AppendOrder<T>(SqlBuilder sql, IReadOnlyList<OrderTerm> order, TableDefinition<T> resource, StatementStart? start, SqlDialect dialect)
        where T : class
    {
        sql.Append(" ORDER BY ");
        foreach ((Field field, bool descending) in order)
        {
            sql.Append(ColumnOf(field, resource, start)).Append((descending, field.IsNullable) switch
            {
                (true, true) => dialect.DescendingNulls,
                (true, false) => " DESC",
                (false, true) => dialect.AscendingNulls,
                _ => "",
            }).Append(", ");
        }

        sql.TrimEnd(2);
    }

    private static string ColumnOf<T>(Field field, TableDefinition<T> resource, StatementStart? start)
        where T : class =>
        field == resource.Fields[0] && start?.IdColumn is { } column ? column : field.Column!;

    private static async ValueTask<List<T>> Run<T>(
        TableDefinition<T> resource, SqlBuilder sql, ReadSession session, ValidatedSpec spec, CancellationToken cancellationToken)
        where T : class
    {
        ResourceSink<T> sink = resource.CreateSink(spec.Properties);
        await session.Query(sql, sink, cancellationToken).ConfigureAwait(false);
        sink.CompleteLastResource();
        return sink.Resources;
    }
}
