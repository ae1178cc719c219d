using BuildData.Stores;

namespace BuildData;

/// <summary>Finds or makes what has a unique name and no more.</summary>
internal static class NameRows
{
    /// <param name="scope">The update's scope.</param>
    /// <param name="table">Where the names are.</param>
    /// <param name="insert">Adds the name that is its parameter.</param>
    /// <param name="name">The name.</param>
    /// <param name="made">Told of an id that is new.</param>
    public static async ValueTask<long> FindOrInsert(
        UpdateScope scope, string table, string insert, string name, Action<UpdateScope, long, string> made)
    {
        SqlBuilder sql = scope.Session.Sql().Append("SELECT id FROM ").Append(table);
        sql.Condition().Append($"name = {name}");
        List<long> known = await scope.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        if (known.Count > 0)
            return known[0];

        long id = await scope.Session.Insert(insert, name).ConfigureAwait(false);
        made(scope, id, name);
        return id;
    }
}
