using System.Diagnostics.CodeAnalysis;
using BuildData.Stores;

namespace BuildData.Updating.Caching;

/// <summary>Caches rows of one table that updates have read or written.</summary>
/// <remarks>
/// <para>If the store has a single writer, the cached rows always equal the rows in the database.</para>
/// <para>If other processes also write to the database, a cached row is in one of two states. <em>Locked</em>: the transaction has locked
/// the row in the database, so no other transaction can change the row. <em>Unverified</em>: the row comes from the shared cache, and the
/// transaction has not locked the row. Then the commit must check that the row still has the same version in the database. The version of a
/// row is a number that changes with every write of the row.</para>
/// </remarks>
/// <param name="table">The name of the table.</param>
/// <param name="shared">
/// The table's rows in the shared cache, which all connections of this process use. Null if the store has a single writer.
/// </param>
/// <param name="isComplete">
/// Returns whether a cached row includes all its related data, such as the step names of a build. Only such rows are copied to the shared
/// cache. Null if rows have no related data.
/// </param>
internal sealed class CachedRows<T>(string table, Dictionary<long, SharedRow<T>>? shared, Func<T, bool>? isComplete) : CacheSection, ICachedRows
    where T : class
{
    private readonly Dictionary<long, T> _rows = [];
    private readonly Dictionary<long, long> _versions = [];
    private readonly HashSet<long> _unverified = [];
    private readonly HashSet<long> _written = [];
    private readonly HashSet<long> _evicted = [];

    public string Table => table;

    /// <summary>
    /// Gets or sets the number of items that are cached inside the rows, such as the step names of builds. <see cref="Count"/> includes these
    /// items.
    /// </summary>
    public int NestedItemCount { get; set; }

    public override int Count => _rows.Count + NestedItemCount;

    public bool TryGet(long id, [NotNullWhen(true)] out T? row) => _rows.TryGetValue(id, out row);

    public bool Contains(long id) => _rows.ContainsKey(id);

    /// <summary>Adds a row that the transaction has read and locked.</summary>
    public void Add(long id, T row) => _rows[id] = row;

    /// <summary>
    /// Sets the version of a row that the transaction has read and locked. The version is a number that changes with every write of the row.
    /// </summary>
    public void SetVersion(long id, long version) => _versions[id] = version;

    /// <summary>Adds or replaces a row that the transaction has written to the database.</summary>
    public void SetWritten(long id, T row)
    {
        _rows[id] = row;
        if (shared is not null)
            _written.Add(id);
    }

    /// <summary>
    /// Prevents later transactions from finding a row in the cache, because these transactions are unlikely to need the row. If there is a
    /// shared cache, the current transaction still finds the row.
    /// </summary>
    /// <returns>True if the row was removed from the cache at once; false if the row stays until the transaction ends.</returns>
    public bool EvictForLaterTransactions(long id)
    {
        if (shared is null)
            return _rows.Remove(id);

        _evicted.Add(id);
        return false;
    }

    public void Remove(long id)
    {
        _rows.Remove(id);
        _versions.Remove(id);
        _unverified.Remove(id);
        _written.Remove(id);
        _evicted.Remove(id);
    }

    public bool TryMoveFromShared(long id)
    {
        if (!shared!.Remove(id, out SharedRow<T> known))
            return false;

        _rows[id] = known.Row;
        _versions[id] = known.Version;
        _unverified.Add(id);
        return true;
    }

    public RowVersions? TakeRowsToVerify()
    {
        if (_unverified.Count == 0)
            return null;

        long[] ids = [.. _unverified];
        Array.Sort(ids);
        _unverified.Clear();
        return new RowVersions(table, ids, Array.ConvertAll(ids, id => _versions[id]));
    }

    public override void CopyToShared(long committedVersion)
    {
        foreach ((long id, T row) in _rows)
        {
            if (VersionOf(id, committedVersion) is { } known && isComplete?.Invoke(row) != false)
                shared![id] = new SharedRow<T>(row, known);
        }
    }

    public override void Clear()
    {
        _rows.Clear();
        _versions.Clear();
        _unverified.Clear();
        _written.Clear();
        _evicted.Clear();
        NestedItemCount = 0;
    }

    private long? VersionOf(long id, long committedVersion) =>
        _evicted.Contains(id) ? null
        : _written.Contains(id) ? committedVersion
        : _versions.TryGetValue(id, out long version) ? version
        : null;
}
