using BuildData.Definitions;
using BuildData.Stores;

namespace BuildData.Updating;

/// <summary>Finds a row by its unique name, such as a builder or a worker. Adds the row if it does not exist.</summary>
internal static class RowIdByNameLookup
{
    /// <summary>Returns the id of the row with a name. Adds the row if it does not exist.</summary>
    /// <param name="context">The context of the update.</param>
    /// <param name="table">The table.</param>
    /// <param name="name">The name.</param>
    /// <param name="args">The argument of <paramref name="insert"/>.</param>
    /// <param name="insert">Inserts the row, announces the event <c>new</c>, and returns the row's id.</param>
    public static async ValueTask<long> GetOrAddId<TArgs>(
        UpdateContext context, ResourceTable table, string name, TArgs args, Func<UpdateContext, TArgs, ValueTask<long>> insert)
    {
        if (await FindId(context, table, name).ConfigureAwait(false) is { } known)
            return known;

        // If another writer adds the same name first, the statement fails and the transaction is run again.
        long id = await insert(context, args).ConfigureAwait(false);
        RowIdByNameCache cache = context.Cache.GetPart<RowIdByNameCache>();
        cache.Forget(table, name);
        cache.Set(table, name, id);
        return id;
    }

    /// <summary>Returns the id of the row with a name; null if there is none.</summary>
    public static async ValueTask<long?> FindId(UpdateContext context, ResourceTable table, string name)
    {
        RowIdByNameCache cache = context.Cache.GetPart<RowIdByNameCache>();
        if (cache.TryGet(table, name, out long cached))
            return cached;
        if (cache.IsMissing(table, name))
            return null;

        SqlBuilder sql = context.Session.Sql().Append("SELECT id FROM ").Append(table.Name);
        sql.Condition().Append($"name = {name}");
        List<long> known = await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        return known.Count > 0 ? known[0] : null;
    }
}
