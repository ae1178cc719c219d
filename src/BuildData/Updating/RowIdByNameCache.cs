using BuildData.Definitions;
using BuildData.Updating.Caching;

namespace BuildData.Updating;

/// <summary>Caches the ids of rows that have unique names, such as builders and workers.</summary>
internal sealed class RowIdByNameCache(RowCache cache) : ICachePart<RowIdByNameCache>
{
    private readonly ImmutableValueCache<(string Table, string Name), long> _immutable = cache.AddImmutableValues<(string Table, string Name), long>("names");
    private readonly TransactionValueCache<(string Table, string Name), long> _changeable = cache.AddTransactionValues<(string Table, string Name), long>();
    private readonly TransactionValueCache<(string Table, string Name), NoResult> _missing = cache.AddTransactionValues<(string Table, string Name), NoResult>();

    public static RowIdByNameCache Create(RowCache cache) => new(cache);

    /// <summary>Gets the id of the row with a name, if the id is cached.</summary>
    public bool TryGet(ResourceTable table, string name, out long id) => Ids(table).TryGet((table.Name, name), out id);

    /// <summary>Caches the id of the row with a name.</summary>
    public void Set(ResourceTable table, string name, long id) => Ids(table)[(table.Name, name)] = id;

    /// <summary>
    /// Copies the id of a row from the shared cache, if the shared cache contains the row's name. All connections of this process use the
    /// shared cache. It contains only names that never change. The caller must hold the lock of the shared cache.
    /// </summary>
    public bool TryCopyFromShared(ResourceTable table, string name) => !table.NamesCanChange && _immutable.TryCopyFromShared((table.Name, name), out _);

    /// <summary>Returns whether no row of the table had the name when this transaction looked up the name.</summary>
    public bool IsMissing(ResourceTable table, string name) => _missing.Contains((table.Name, name));

    /// <summary>Records that no row of the table has the name.</summary>
    public void SetMissing(ResourceTable table, string name) => _missing[(table.Name, name)] = default;

    /// <summary>Removes a name from the cache, because a row gets or loses this name.</summary>
    public void Forget(ResourceTable table, string name)
    {
        Ids(table).Remove((table.Name, name));
        _missing.Remove((table.Name, name));
    }

    private TransactionValueCache<(string Table, string Name), long> Ids(ResourceTable table) => table.NamesCanChange ? _changeable : _immutable;
}
