using BuildData.Sql;
using BuildData.Stores;
using BuildData.Updating.Prefetching;

namespace BuildData.Resources.Builders;

/// <summary>Prefetches builders.</summary>
internal sealed class BuilderPrefetcher(Prefetch prefetch) : Prefetcher(prefetch)
{
    private static readonly string Table = ResourceTables.Builders.Name;

    public override void AddLockingReads()
    {
        foreach (long[] part in SqlListExtensions.SplitIds(Prefetch.IdsToLock(Table)))
        {
            var ids = new ListSink<long>();
            SqlBuilder sql = new SqlBuilder().Append("SELECT builder.id FROM builders AS builder WHERE builder.id IN ").AppendList(part)
                .Append(" ORDER BY builder.id").Append(Prefetch.LockClause("builder"));
            Prefetch.Statements.Add(sql, ids, () =>
            {
                foreach (long id in ids.Rows)
                {
                    Prefetch.SetLocked(new RowKey(Table, id));
                    Prefetch.Cache.SetKnownToExist(new RowKey(Table, id));
                }
            });
        }
    }

    public override void AddReadsAfterLocking()
    {
        long[] ids = [.. Prefetch.Needs<BuilderWithTagsToPrefetch>().Select(need => need.BuilderId)];
        if (ids.Length == 0)
            return;

        BuilderCache cache = Prefetch.Cache.GetPart<BuilderCache>();
        Prefetch.Statements.AddWithDetails(BuilderDefinition.Instance, sql => sql.AppendList(ids), builder =>
        {
            if (Prefetch.IsLocked(new RowKey(Table, builder.BuilderId)))
                cache.Builders[builder.BuilderId] = builder;
        });
    }
}
