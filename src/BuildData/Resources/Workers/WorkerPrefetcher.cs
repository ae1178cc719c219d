using BuildData.Sql;
using BuildData.Stores;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData.Resources.Workers;

/// <summary>Prefetches workers.</summary>
internal sealed class WorkerPrefetcher(Prefetch prefetch) : Prefetcher(prefetch)
{
    private static readonly string Table = ResourceTables.Workers.Name;

    public override void AddLockingReads()
    {
        foreach (long[] part in SqlListExtensions.SplitIds(Prefetch.IdsToLock(Table)))
        {
            var ids = new ListSink<long>();
            SqlBuilder sql = new SqlBuilder().Append("SELECT worker.id FROM workers AS worker WHERE worker.id IN ").AppendList(part)
                .Append(" ORDER BY worker.id").Append(Prefetch.LockClause("worker"));
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

    // A separate statement, because the one that locks a row may return lists from before it waited for the lock.
    public override void AddReadsAfterLocking()
    {
        long[] ids = [.. Prefetch.Needs<WorkerToPrefetch>().Select(need => need.WorkerId)];
        if (ids.Length == 0)
            return;

        WorkerCache cache = Prefetch.Cache.GetPart<WorkerCache>();
        SqlBuilder sql = new SqlBuilder().Append("SELECT ").Append(WorkerDefinition.Instance.Columns).Append(" FROM ").Append(WorkerDefinition.Instance.Table)
            .Append(" WHERE worker.id IN ").AppendList(ids);
        Prefetch.Statements.Add(sql, WorkerDefinition.Instance.CreateSink(PropertySelection.None), worker =>
        {
            if (Prefetch.IsLocked(new RowKey(Table, worker.WorkerId)))
                cache.Workers[worker.WorkerId] = worker;
        });
    }
}
