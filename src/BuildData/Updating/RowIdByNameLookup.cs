using BuildData.Stores;

namespace BuildData.Updating;

/// <summary>Finds a row by its unique name, such as a builder or a worker. Adds the row if it does not exist.</summary>
internal static class RowIdByNameLookup
{
    /// <summary>Returns the id of the row with a name. Adds the row if it does not exist.</summary>
    /// <param name="context">The context of the update.</param>
    /// <param name="table">The name of the table.</param>
    /// <param name="insert">The INSERT statement, whose parameters are the id and the name.</param>
    /// <param name="name">The name.</param>
    /// <param name="onAdded">Called with the id and the name if the row was added.</param>
    public static async ValueTask<long> GetOrAddId(UpdateContext context, string table, string insert, string name, Action<UpdateContext, long, string> onAdded)
    {
        RowIdByNameCache cache = context.Cache.GetPart<RowIdByNameCache>();
        if (cache.Ids.TryGet((table, name), out long cached))
            return cached;
        if (await TryGetId(context, table, name).ConfigureAwait(false) is { } known)
            return known;

        // If another writer adds the same name first, the statement fails and the transaction is run again.
        long id = await context.Session.Insert(table, insert, name).ConfigureAwait(false);
        cache.Ids[(table, name)] = id;
        onAdded(context, id, name);
        return id;
    }

    private static async ValueTask<long?> TryGetId(UpdateContext context, string table, string name)
    {
        if (context.Cache.GetPart<RowIdByNameCache>().MissingNames.Contains((table, name)))
            return null;

        SqlBuilder sql = context.Session.Sql().Append("SELECT id FROM ").Append(table);
        sql.Condition().Append($"name = {name}");
        List<long> known = await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        return known.Count > 0 ? known[0] : null;
    }
}
