using BuildData.Definitions;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Updating.Prefetching;

/// <summary>Adds SQL statements to a prefetch. The statements lock rows of a table, and read these rows with their versions.</summary>
internal static class RowLockPrefetchStatements
{
    /// <summary>Adds the statements for all rows of a table that a prefetch must lock.</summary>
    /// <param name="prefetch">The prefetch.</param>
    /// <param name="resource">The resource type.</param>
    /// <param name="table">The name of the table.</param>
    /// <param name="cacheRow">Adds a row to the cache. Receives the row's id and the row.</param>
    /// <param name="cacheVersion">Sets the version of a row in the cache. Receives the row's id and the version.</param>
    public static void AddLockingReads<T>(Prefetch prefetch, TableDefinition<T> resource, string table, Action<long, T> cacheRow, Action<long, long> cacheVersion)
        where T : class
    {
        foreach (long[] part in SqlListExtensions.SplitIds(prefetch.IdsToLock(table)))
        {
            var sink = new VersionedResourceSink<T>(resource.CreateSink(PropertySelection.None), cacheVersion);
            SqlBuilder sql = new SqlBuilder().Append("SELECT ").Append(resource.Columns).Append(", ").Append(prefetch.Dialect.RowVersion(resource.Alias))
                .Append(" AS Version FROM ").Append(resource.Table).Append(" WHERE ").Append(resource.IdColumn).Append(" IN ").AppendList(part)
                .Append(" ORDER BY ").Append(resource.IdColumn).Append(prefetch.LockClause(resource.Alias));
            prefetch.Statements.Add(sql, sink, () =>
            {
                sink.CompleteLastResource();
                foreach (T row in sink.Resources)
                {
                    long id = resource.IdOf(row);
                    cacheRow(id, row);
                    prefetch.SetLocked(new RowKey(table, id));
                }
            });
        }
    }
}
