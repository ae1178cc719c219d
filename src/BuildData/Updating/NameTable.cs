using BuildData.Stores;

namespace BuildData.Updating;

/// <summary>Finds or makes what has a unique name and no more.</summary>
internal static class NameTable
{
    /// <param name="context">The update's context.</param>
    /// <param name="table">Where the names are.</param>
    /// <param name="insert">Adds an id and a name.</param>
    /// <param name="name">The name.</param>
    /// <param name="made">Told of an id that is new.</param>
    public static async ValueTask<long> GetOrAdd(
        UpdateContext context, string table, string insert, string name, Action<UpdateContext, long, string> made)
    {
        if (context.Cache.Names.TryGetValue((table, name), out long held))
            return held;
        if (await TryGetId(context, table, name).ConfigureAwait(false) is { } known)
            return known;

        // If another writer is first, the statement fails, and the transaction is run again.
        long id = await context.Session.Insert(table, insert, name).ConfigureAwait(false);
        if (context.Session.Dialect.HasSeveralWriters)
            context.Cache.Names[(table, name)] = id;
        made(context, id, name);
        return id;
    }

    private static async ValueTask<long?> TryGetId(UpdateContext context, string table, string name)
    {
        if (context.Cache.MissingNames.Contains((table, name)))
            return null;

        SqlBuilder sql = context.Session.Sql().Append("SELECT id FROM ").Append(table);
        sql.Condition().Append($"name = {name}");
        List<long> known = await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        return known.Count > 0 ? known[0] : null;
    }
}
