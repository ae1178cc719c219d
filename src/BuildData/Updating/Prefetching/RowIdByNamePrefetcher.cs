using BuildData.Definitions;
using BuildData.Sql;
using BuildData.Stores;

namespace BuildData.Updating.Prefetching;

/// <summary>Reads the ids of rows, such as builders, for updates that know only the names of these rows.</summary>
internal sealed class RowIdByNamePrefetcher(Prefetch prefetch) : Prefetcher(prefetch)
{
    public override void AddReadsAfterLocking()
    {
        RowIdByNameCache cache = Prefetch.Cache.GetPart<RowIdByNameCache>();
        foreach (IGrouping<ResourceTable, RowIdByNameToPrefetch> names in Prefetch.Needs<RowIdByNameToPrefetch>().GroupBy(need => need.Table))
        {
            ResourceTable table = names.Key;
            List<string> unknown;
            lock (Prefetch.Shared.Lock)
                unknown = [.. names.Select(need => need.Name).Where(name => !cache.TryCopyFromShared(table, name))];
            if (unknown.Count == 0)
                continue;

            Prefetch.ReserveNewIds(table.Name, unknown.Count);
            var named = new ListSink<NamedRow>();
            Prefetch.Statements.Add(
                new SqlBuilder().Append("SELECT id AS Id, name AS Name FROM ").Append(table.Name).Append(" WHERE name IN ").AppendList(unknown),
                named,
                () =>
                {
                    named.Rows.ForEach(row => cache.Set(table, row.Name, row.Id));
                    foreach (string name in unknown.Where(name => !cache.TryGet(table, name, out _)))
                        cache.SetMissing(table, name);
                });
        }
    }

    private sealed class NamedRow
    {
        public long Id { get; init; }

        public string Name { get; init; } = "";
    }
}
