using BuildData.Stores;

namespace BuildData.Updating.Caching;

/// <summary>
/// Caches the rows and values that the updates of one connection have read or written. Each resource type has a part of the cache with its own
/// collections.
/// </summary>
/// <remarks>
/// <para>If the store has a single writer, no other process changes the database. So the cached data stays correct, and later transactions
/// can use it.</para>
/// <para>If other processes also write to the database, the cached data is valid for only one transaction. The transaction has locked each
/// cached row, or the commit checks the version of the row. After the commit, the rows move to the shared cache, where the next transaction
/// of any connection can find them.</para>
/// <para>A rollback clears the whole cache. Not thread-safe.</para>
/// </remarks>
/// <param name="shared">The cache that all connections of this process share; null if the store has a single writer.</param>
internal sealed class RowCache(SharedRowCache? shared)
{
    // Enough for every open build of a large installation. Clearing a full cache is simpler than evicting single rows.
    private const int Capacity = 100_000;

    private object[] _parts = [];
    private readonly List<CacheSection> _collections = [];
    private readonly List<CacheSection> _ofTransaction = [];
    private readonly List<ICachedRows> _rows = [];
    private readonly HashSet<RowKey> _existing = [];
    private readonly HashSet<RowKey> _locked = [];
    private readonly HashSet<RowKey> _removed = [];
    private long _generation;

    /// <summary>Gets the cache that all connections of this process share; null if the store has a single writer.</summary>
    public SharedRowCache? Shared => shared;

    /// <summary>Returns the part of a resource type. Creates the part if necessary.</summary>
    public T GetPart<T>()
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

    /// <summary>Creates a collection of cached rows of a table, and adds the collection to this cache.</summary>
    public CachedRows<T> AddRows<T>(string table, Func<T, bool>? isComplete = null)
        where T : class
    {
        var rows = new CachedRows<T>(table, shared?.Rows<T>(table), isComplete);
        _collections.Add(rows);
        _rows.Add(rows);
        return rows;
    }

    /// <summary>Creates a collection of values that were read from locked rows, and adds the collection to this cache.</summary>
    public LockedRowValueCache<TKey, TValue> AddLockedRowValueCache<TKey, TValue>()
        where TKey : notnull
    {
        var values = new LockedRowValueCache<TKey, TValue>(keepsAfterTransaction: shared is null);
        _collections.Add(values);
        return values;
    }

    /// <summary>Creates a collection of values that never change after their commit, and adds the collection to this cache.</summary>
    /// <param name="name">The unique name of the collection in the shared cache.</param>
    public ImmutableValueCache<TKey, TValue> AddImmutableValues<TKey, TValue>(string name)
        where TKey : notnull
    {
        var values = new ImmutableValueCache<TKey, TValue>(shared?.Values<TKey, TValue>(name));
        _ofTransaction.Add(values);
        return values;
    }

    /// <summary>Creates a collection that is cleared after each transaction, and adds the collection to this cache.</summary>
    public TransactionValueCache<TKey, TValue> AddTransactionValues<TKey, TValue>()
        where TKey : notnull
    {
        var values = new TransactionValueCache<TKey, TValue>();
        _ofTransaction.Add(values);
        return values;
    }

    /// <summary>Returns whether the cache knows that a row exists in the database. If the result is false, the row may exist nevertheless.</summary>
    public bool IsKnownToExist(RowKey row) => _existing.Contains(row);

    public void SetKnownToExist(RowKey row) => _existing.Add(row);

    /// <summary>
    /// Records that the transaction has removed a row from the database. After the commit, no cache of this process contains the row.
    /// </summary>
    public void SetRemoved(RowKey row)
    {
        _existing.Remove(row);
        _locked.Remove(row);
        if (shared is not null)
            _removed.Add(row);
        foreach (ICachedRows rows in _rows)
        {
            if (rows.Table == row.Table)
                rows.Remove(row.Id);
        }
    }

    /// <summary>Returns whether the cache knows that the current transaction has locked a row.</summary>
    public bool IsLocked(RowKey row) => _locked.Contains(row);

    public void SetLocked(RowKey row) => _locked.Add(row);

    /// <summary>
    /// Checks whether the shared cache knows that a row exists in the database. If so, this cache then knows it as well. The caller must
    /// hold the lock of the shared cache.
    /// </summary>
    /// <returns>Whether the shared cache knows that the row exists.</returns>
    public bool TryCopyExistenceFromShared(RowKey row)
    {
        if (!shared!.Existing.Contains(row))
            return false;

        _existing.Add(row);
        return true;
    }

    /// <summary>
    /// Moves a row from the shared cache to this cache, for the current transaction. The caller must hold the lock of the shared cache.
    /// </summary>
    /// <returns>False if the shared cache does not contain the row.</returns>
    public bool TryMoveFromShared(RowKey row)
    {
        foreach (ICachedRows rows in _rows)
        {
            if (rows.Table == row.Table)
                return rows.TryMoveFromShared(row.Id);
        }

        return false;
    }

    /// <summary>
    /// Returns the ids and versions of the rows that came from the shared cache and that the transaction has not locked. The commit must check
    /// that these rows still have the same versions in the database. The next call does not return these rows again.
    /// </summary>
    /// <returns>One element for each table, ordered by the table's name.</returns>
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

    /// <summary>Prepares the cache for a new transaction. Clears the cache if other processes may have changed the rows.</summary>
    public void BeginTransaction()
    {
        if (shared is null)
        {
            Trim();
            _locked.Clear();
            foreach (CacheSection collection in _ofTransaction)
                collection.Clear();
            return;
        }

        Clear();
        lock (shared.Lock)
            _generation = shared.Generation;
    }

    /// <summary>Moves the rows and values of a committed transaction to the shared cache. Does nothing if there is no shared cache.</summary>
    /// <param name="committedVersion">The version of all rows that the transaction has written.</param>
    public void MoveToShared(long committedVersion)
    {
        if (shared is null)
            return;

        lock (shared.Lock)
        {
            // If the shared cache was cleared during the transaction, the database may have lost the rows in this cache.
            if (shared.Generation == _generation)
            {
                shared.MakeRoom();
                foreach (CacheSection collection in _collections)
                    collection.CopyToShared(committedVersion);
                foreach (CacheSection collection in _ofTransaction)
                    collection.CopyToShared(committedVersion);
                shared.Existing.UnionWith(_existing);
                shared.Existing.ExceptWith(_removed);
            }
        }

        Clear();
    }

    public void Clear()
    {
        _existing.Clear();
        _locked.Clear();
        _removed.Clear();
        foreach (CacheSection collection in _collections)
            collection.Clear();
        foreach (CacheSection collection in _ofTransaction)
            collection.Clear();
    }

    private void Trim()
    {
        int count = _existing.Count;
        foreach (CacheSection collection in _collections)
            count += collection.Count;
        if (count > Capacity)
            Clear();
    }
}
