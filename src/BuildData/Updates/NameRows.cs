using BuildData.Stores;

namespace BuildData;

/// <summary>Finds or makes what has a unique name and no more.</summary>
internal static class NameRows
{
    /// <param name="scope">The update's scope.</param>
    /// <param name="table">Where the names are.</param>
    /// <param name="insert">Adds an id and a name.</param>
    /// <param name="name">The name.</param>
    /// <param name="made">Told of an id that is new.</param>
    public static async ValueTask<long> FindOrInsert(
        UpdateScope scope, string table, string insert, string name, Action<UpdateScope, long, string> made)
    {
        if (scope.Held.Names.TryGetValue((table, name), out long held))
            return held;
        if (await Find(scope, table, name).ConfigureAwait(false) is { } known)
            return known;

        // If another writer is first, the statement fails, and the transaction is run again.
        long id = await scope.Session.Insert(table, insert, name).ConfigureAwait(false);
        if (scope.Session.Dialect.HasSeveralWriters)
            scope.Held.Names[(table, name)] = id;
        made(scope, id, name);
        return id;
    }

    private static async ValueTask<long?> Find(UpdateScope scope, string table, string name)
    {
        if (scope.Held.MissingNames.Contains((table, name)))
            return null;

        SqlBuilder sql = scope.Session.Sql().Append("SELECT id FROM ").Append(table);
        sql.Condition().Append($"name = {name}");
        List<long> known = await scope.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        return known.Count > 0 ? known[0] : null;
    }
}
