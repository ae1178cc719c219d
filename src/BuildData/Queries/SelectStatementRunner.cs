using BuildData.Definitions;
using BuildData.Stores;

namespace BuildData.Queries;

/// <summary>Builds and runs the SELECT statements of queries, except those for pages. See <see cref="PageReader"/>.</summary>
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

    /// <summary>Returns the number of resources that match the filters.</summary>
    public static async ValueTask<long> Count<T>(
        CollectionQuery<T> query, ReadSession session, ValidatedSpec spec, CancellationToken cancellationToken)
        where T : class
    {
        SqlBuilder sql = session.Sql().Append("SELECT count(*) FROM ");
        PageReader.AppendTablesAndConditions(sql, query, spec, session.Dialect);
        List<long> count = await session.Rows<long>(sql, cancellationToken).ConfigureAwait(false);
        return count[0];
    }

    /// <summary>Appends SELECT with the columns of a resource type, and FROM.</summary>
    public static void AppendSelect<T>(SqlBuilder sql, TableDefinition<T> resource, ValidatedSpec spec)
        where T : class
    {
        sql.Append("SELECT ").Append(resource.Columns);
        resource.AppendDetailColumns(sql, spec.Properties);
        sql.Append(" FROM ");
    }

    /// <summary>Runs a statement that begins with <see cref="AppendSelect"/>, and returns the resources.</summary>
    public static async ValueTask<List<T>> Run<T>(
        TableDefinition<T> resource, SqlBuilder sql, ReadSession session, ValidatedSpec spec, CancellationToken cancellationToken)
        where T : class
    {
        ResourceSink<T> sink = resource.CreateSink(spec.Properties);
        await session.Query(sql, sink, cancellationToken).ConfigureAwait(false);
        sink.CompleteLastResource();
        return sink.Resources;
    }
}
