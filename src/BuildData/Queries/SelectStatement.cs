using BuildData.Definitions;
using BuildData.Stores;

namespace BuildData.Queries;

/// <summary>Makes the one statement that a query is, and runs it.</summary>
internal static class SelectStatement
{
    public static async ValueTask<T?> One<T>(
        TableDefinition<T> resource, Query query, ReadSession session, BoundSpec spec, CancellationToken cancellationToken)
        where T : class
    {
        SqlBuilder sql = session.Sql();
        AppendSelect(sql, resource, spec);
        sql.Append(resource.Table);
        resource.AppendDetailJoins(sql, spec.Properties);
        query.AppendConditions(sql);
        if (resource.DetailOrder(spec.Properties) is { } detailOrder)
            sql.Append(" ORDER BY ").Append(detailOrder);
        if (spec.LocksRows)
            sql.Append(session.Dialect.LockRows(resource.Alias));

        List<T> found = await Run(resource, sql, session, spec, cancellationToken).ConfigureAwait(false);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>The rows from <paramref name="offset"/> on, at most <paramref name="limit"/>; only ids above <paramref name="after"/>, if given.</summary>
    public static ValueTask<List<T>> Page<T>(
        CollectionQuery<T> query, ReadSession session, BoundSpec spec, long limit, long offset, long? after, CancellationToken cancellationToken)
        where T : class
    {
        TableDefinition<T> resource = query.Resource;
        SqlBuilder sql = session.Sql();
        AppendSelect(sql, resource, spec);

        // Paging counts resources, so the rows of their details must stay outside of it.
        bool detailed = resource.DetailOrder(spec.Properties) is not null;
        if (detailed)
            sql.Append("(SELECT ").Append(resource.Alias).Append(".* FROM ");

        sql.Append(resource.Table);
        AppendConditions(sql, query, spec, session.Dialect);
        if (after is { } key)
            sql.Condition().Append(resource.Key).Append(" > ").Value(key);

        string defaultOrder = after is null ? query.DefaultOrder ?? resource.Key : resource.Key;
        spec.AppendOrder(sql, defaultOrder, resource.Key, session.Dialect);

        // SQLite prepares a statement anew whenever a bare parameter of LIMIT is bound, to plan for its value. A sum it takes as it is.
        sql.Append($" LIMIT {limit} + 0");
        if (offset > 0)
            sql.Append($" OFFSET {offset} + 0");

        if (detailed)
        {
            sql.Append(") AS ").Append(resource.Alias);
            resource.AppendDetailJoins(sql, spec.Properties);
            spec.AppendOrder(sql, defaultOrder, resource.Key, session.Dialect);
            sql.Append(", ").Append(resource.DetailOrder(spec.Properties));
        }

        return Run(resource, sql, session, spec, cancellationToken);
    }

    public static async ValueTask<long> Count<T>(
        CollectionQuery<T> query, ReadSession session, BoundSpec spec, CancellationToken cancellationToken)
        where T : class
    {
        SqlBuilder sql = session.Sql().Append("SELECT count(*) FROM ").Append(query.Resource.Table);
        AppendConditions(sql, query, spec, session.Dialect);
        List<long> count = await session.Rows<long>(sql, cancellationToken).ConfigureAwait(false);
        return count[0];
    }

    private static void AppendSelect<T>(SqlBuilder sql, TableDefinition<T> resource, BoundSpec spec)
        where T : class
    {
        sql.Append("SELECT ").Append(resource.Columns);
        resource.AppendDetailColumns(sql, spec.Properties);
        sql.Append(" FROM ");
    }

    private static void AppendConditions(SqlBuilder sql, Query query, BoundSpec spec, SqlDialect dialect)
    {
        query.AppendConditions(sql);
        spec.AppendConditions(sql, dialect);
    }

    private static async ValueTask<List<T>> Run<T>(
        TableDefinition<T> resource, SqlBuilder sql, ReadSession session, BoundSpec spec, CancellationToken cancellationToken)
        where T : class
    {
        ResourceSink<T> sink = resource.CreateSink(spec.Properties);
        await session.Query(sql, sink, cancellationToken).ConfigureAwait(false);
        sink.Complete();
        return sink.Resources;
    }
}
