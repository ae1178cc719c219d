using BuildData.Stores;

namespace BuildData;

/// <summary>Finds or makes what has a unique name and no more.</summary>
internal static class NameRows
{
    public static async ValueTask<long> FindOrInsert(UpdateScope scope, string table, string insert, string name)
    {
        SqlBuilder sql = scope.Session.Sql().Append("SELECT id FROM ").Append(table);
        sql.Condition().Append($"name = {name}");
        List<long> known = await scope.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        return known.Count > 0 ? known[0] : await scope.Session.Insert(insert, name).ConfigureAwait(false);
    }
}
