using BuildData.Stores;

namespace BuildData.Updating.Caching;

/// <summary>
/// Caches what the updates of one connection have read or written. Each resource type adds a part with its own collections. What is cached
/// is current: if the store has a single writer, no other process changes it. Otherwise the transaction has locked the rows, or the commit
/// verifies their versions.
/// </summary>
/// <remarks>
/// When a write is rolled back, the whole cache is cleared, and rows are read again. With several writers, the cache lasts for one
/// transaction. After the commit, its rows move to <paramref name="shared"/>. The cache is not thread-safe.
/// </remarks>
/// <param name="shared">The cache that the connections of this process share if other processes write too; otherwise null.</param>
internal sealed class RowCache(SharedRowCache? shared)
{
    // Enough for every open build of a large installation. Clearing a full cache is simpler than evicting single rows.
    private const int Capacity = 100_000;

    private object[] _parts = [];
    private readonly List<CachedCollection> _collections = [];
    private readonly List<CachedCollection> _ofTransaction = [];
    private readonly List<ICachedRows> _rows = [];
    private readonly HashSet<RowKey> _existing = [];
    private readonly HashSet<RowKey> _locked = [];
    private long _generation;

    /// <summary>Gets the cache that the connections of this process share; null if no other process writes.</summary>
    public SharedRowCache? Shared => shared;

    /// <summary>Returns the part of a resource type.</summary>
    public T Get<T>()
        where T : class, ICachePart<T>
    {
        // There are few parts, so a search costs less than a dictionary.
        foreach (object part in _parts)
        {
            if (part is T found)
                return found;
        }

        T created = T.Create(this);
        _parts = [.. _parts, created];
        return created;
    }

    /// <summary>Adds a collection of the rows of a table.</summary>
    public CachedRows<T> AddRows<T>(string table, Func<T, bool>? isComplete = null)
        where T : class
    {
        var rows = new CachedRows<T>(table, shared?.Rows<T>(table), isComplete);
        _collections.Add(rows);
        _rows.Add(rows);
        return rows;
    }

    /// <summary>Adds a collection of values that only the writer can change.</summary>
    public LockedRowValues<TKey, TValue> AddLockedRowValues<TKey, TValue>()
        where TKey : notnull
    {
        var values = new LockedRowValues<TKey, TValue>(keepsAfterTransaction: shared is null);
        _collections.Add(values);
        return values;
    }

    /// <summary>Adds a collection of values that never change once they are committed.</summary>
    /// <param name="name">The name of the collection in the shared cache. Unique.</param>
    public ImmutableValues<TKey, TValue> AddImmutableValues<TKey, TValue>(string name)
        where TKey : notnull
    {
        var values = new ImmutableValues<TKey, TValue>(shared?.Values<TKey, TValue>(name));
        _ofTransaction.Add(values);
        return values;
    }

    /// <summary>Adds a collection that lasts for one transaction.</summary>
    public TransactionValues<TKey, TValue> AddTransactionValues<TKey, TValue>()
        where TKey : notnull
    {
        var values = new TransactionValues<TKey, TValue>();
        _ofTransaction.Add(values);
        return values;
    }

    /// <summary>Returns whether a row is known to exist.</summary>
    public bool IsKnownToExist(RowKey row) => _existing.Contains(row);

    public void SetKnownToExist(RowKey row) => _existing.Add(row);

    /// <summary>Returns whether the transaction is known to have locked a row.</summary>
    public bool IsLocked(RowKey row) => _locked.Contains(row);

    public void SetLocked(RowKey row) => _locked.Add(row);

    /// <summary>Copies from the shared cache that a row exists. The caller holds the lock of the shared cache.</summary>
    /// <returns>False if the shared cache does not know the row.</returns>
    public bool TryCopyExistenceFromShared(RowKey row)
    {
        if (!shared!.Existing.Contains(row))
            return false;

        _existing.Add(row);
        return true;
    }

    /// <summary>Moves a row from the shared cache to this one. The caller holds the lock of the shared cache.</summary>
    /// <returns>False if the shared cache does not hold the row.</returns>
    public bool TryMoveFromShared(RowKey row)
    {
        foreach (ICachedRows rows in _rows)
        {
            if (rows.Table == row.Table)
                return rows.TryMoveFromShared(row.Id);
        }

        return false;
    }

    /// <summary>Returns the versions of the rows that come from the shared cache, for the commit to verify, ordered by table.</summary>
    public IReadOnlyList<RowVersions> TakeRowsToVerify()
    {
        List<RowVersions>? unverified = null;
        foreach (ICachedRows rows in _rows)
        {
            if (rows.TakeRowsToVerify() is { } versions)
                (unverified ??= new(1)).Add(versions);
        }

        unverified?.Sort(static (a, b) => string.CompareOrdinal(a.Table, b.Table));
        return unverified ?? (IReadOnlyList<RowVersions>)[];
    }

    /// <summary>Begins a transaction. If other processes write too, clears the cache, because they may have changed the rows.</summary>
    public void BeginTransaction()
    {
        if (shared is null)
        {
            Trim();
            _locked.Clear();
            foreach (CachedCollection collection in _ofTransaction)
                collection.Clear();
            return;
        }

        Clear();
        lock (shared.Lock)
            _generation = shared.Generation;
    }

    /// <summary>Moves what a committed transaction has read and written to the shared cache.</summary>
    /// <param name="versionOfWrittenRows">The version of the rows that the transaction has written.</param>
    public void MoveToShared(long versionOfWrittenRows)
    {
        if (shared is null)
            return;

        lock (shared.Lock)
        {
            // If the shared cache was cleared during the transaction, the database may have lost what this cache holds.
            if (shared.Generation == _generation)
            {
                shared.MakeRoom();
                foreach (CachedCollection collection in _collections)
                    collection.CopyToShared(versionOfWrittenRows);
                foreach (CachedCollection collection in _ofTransaction)
                    collection.CopyToShared(versionOfWrittenRows);
                shared.Existing.UnionWith(_existing);
            }
        }

        Clear();
    }

    public void Clear()
    {
        _existing.Clear();
        _locked.Clear();
        foreach (CachedCollection collection in _collections)
            collection.Clear();
        foreach (CachedCollection collection in _ofTransaction)
            collection.Clear();
    }

    private void Trim()
    {
        int count = _existing.Count;
        foreach (CachedCollection collection in _collections)
            count += collection.Count;
        if (count > Capacity)
            Clear();
    }
}
