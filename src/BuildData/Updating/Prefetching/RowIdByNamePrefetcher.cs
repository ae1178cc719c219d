using BuildData.Sql;
using BuildData.Stores;

namespace BuildData.Updating.Prefetching;

/// <summary>Reads the ids of rows, such as builders, for updates that know only the names of these rows.</summary>
internal sealed class RowIdByNamePrefetcher(Prefetch prefetch) : Prefetcher(prefetch)
{
    public override void AddReadsAfterLocking()
    {
        RowIdByNameCache cache = Prefetch.Cache.GetPart<RowIdByNameCache>();
        foreach (IGrouping<string, RowIdByNameToPrefetch> table in Prefetch.Needs<RowIdByNameToPrefetch>().GroupBy(need => need.Table))
        {
            List<string> unknown;
            lock (Prefetch.Shared.Lock)
                unknown = [.. table.Where(need => !cache.Ids.TryCopyFromShared((need.Table, need.Name), out _)).Select(need => need.Name)];
            if (unknown.Count == 0)
                continue;

            Prefetch.ReserveNewIds(table.Key, unknown.Count);
            var named = new ListSink<NamedRow>();
            Prefetch.Statements.Add(
                new SqlBuilder().Append("SELECT id AS Id, name AS Name FROM ").Append(table.Key).Append(" WHERE name IN ").AppendList(unknown),
                named,
                () =>
                {
                    named.Rows.ForEach(row => cache.Ids[(table.Key, row.Name)] = row.Id);
                    foreach (string name in unknown.Where(name => !cache.Ids.Contains((table.Key, name))))
                        cache.MissingNames[(table.Key, name)] = default;
                });
        }
    }

    private sealed class NamedRow
    {
        public long Id { get; init; }

        public string Name { get; init; } = "";
    }
}
