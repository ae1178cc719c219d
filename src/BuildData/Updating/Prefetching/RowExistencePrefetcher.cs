using BuildData.Sql;
using BuildData.Stores;

namespace BuildData.Updating.Prefetching;

/// <summary>Checks whether rows exist. The updates of a batch will write references to these rows.</summary>
internal sealed class RowExistencePrefetcher(Prefetch prefetch) : Prefetcher(prefetch)
{
    public override void AddReadsAfterLocking()
    {
        foreach (IGrouping<string, RowKey> table in Prefetch.Needs<RowExistenceToPrefetch>().Select(need => need.Row).GroupBy(row => row.Table))
        {
            long[] unknown;
            lock (Prefetch.Shared.Lock)
                unknown = [.. table.Where(row => !Prefetch.Cache.TryCopyExistenceFromShared(row)).Select(row => row.Id)];
            if (unknown.Length == 0)
                continue;

            var ids = new ListSink<long>();
            Prefetch.Statements.Add(
                new SqlBuilder().Append("SELECT id FROM ").Append(table.Key).Append(" WHERE id IN ").AppendList(unknown),
                ids, () => ids.Rows.ForEach(id => Prefetch.Cache.SetKnownToExist(new RowKey(table.Key, id))));
        }
    }
}
