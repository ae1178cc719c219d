using BuildData.Sql;
using BuildData.Stores;

namespace BuildData.Updating.Prefetching;

/// <summary>Checks for the updates of a batch whether the rows exist to which these updates refer.</summary>
internal sealed class RowExistencePrefetcher(Prefetch prefetch) : Prefetcher(prefetch)
{
    public override void AddReadsAfterLocking()
    {
        foreach (IGrouping<string, RowKey> table in Prefetch.Needs<RowExistenceNeed>().Select(need => need.Row).GroupBy(row => row.Table))
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
