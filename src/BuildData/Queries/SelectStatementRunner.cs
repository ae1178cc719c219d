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

    /// <summary>
    /// Reads at most <paramref name="limit"/> resources, beginning at <paramref name="offset"/>. If <paramref name="after"/> is not null,
    /// reads only resources whose ids are greater than <paramref name="after"/>.
    /// </summary>
    public static async ValueTask<List<T>> ReadPage<T>(
        CollectionQuery<T> query, ReadSession session, ValidatedSpec spec, long limit, long offset, long? after, CancellationToken cancellationToken)
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

        query.AppendTable(sql, spec, session.Dialect);
        AppendConditions(sql, query, spec, session.Dialect);
        if (after is { } key)
            sql.Condition().Append(resource.IdColumn).Append(" > ").Value(key);

        string defaultOrder = after is null ? query.DefaultOrderColumn ?? resource.KeyColumns : resource.IdColumn;
        spec.AppendOrder(sql, defaultOrder, resource.KeyColumns, session.Dialect);

        // SQLite prepares a statement again whenever a bare parameter of LIMIT is bound, to optimize for its value. A sum avoids this.
        sql.Append($" LIMIT {limit} + 0");
        if (offset > 0)
            sql.Append($" OFFSET {offset} + 0");

        if (detailed)
        {
            sql.Append(") AS ").Append(resource.Alias);
            resource.AppendDetailJoins(sql, spec.Properties);
            spec.AppendOrder(sql, defaultOrder, resource.KeyColumns, session.Dialect);
            sql.Append(", ").Append(resource.DetailOrderColumn(spec.Properties));
        }

        List<T> page = await Run(resource, sql, session, spec, cancellationToken).ConfigureAwait(false);
        return await query.Complete(page, session, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Returns the number of resources that match the filters.</summary>
    public static async ValueTask<long> Count<T>(
        CollectionQuery<T> query, ReadSession session, ValidatedSpec spec, CancellationToken cancellationToken)
        where T : class
    {
        SqlBuilder sql = session.Sql().Append("SELECT count(*) FROM ");
        query.AppendTable(sql, spec, session.Dialect);
        AppendConditions(sql, query, spec, session.Dialect);
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

    private static void AppendConditions(SqlBuilder sql, Query query, ValidatedSpec spec, SqlDialect dialect)
    {
        query.AppendConditions(sql);
        spec.AppendConditions(sql, dialect);
    }

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
