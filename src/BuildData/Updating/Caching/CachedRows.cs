using System.Diagnostics.CodeAnalysis;
using BuildData.Stores;

namespace BuildData.Updating.Caching;

/// <summary>
/// Caches rows of a table that updates have read or written. If the store has several writers, each row is locked, or comes from the shared
/// cache and is <em>unverified</em>: the commit must check that the database still has the same version.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="shared">The rows in the shared cache; null if there is none.</param>
/// <param name="isComplete">Returns whether a row is cached with all its details. The shared cache gets only complete rows.</param>
internal sealed class CachedRows<T>(string table, Dictionary<long, SharedRow<T>>? shared, Func<T, bool>? isComplete) : CachedCollection, ICachedRows
    where T : class
{
    private readonly Dictionary<long, T> _rows = [];
    private readonly Dictionary<long, long> _versions = [];
    private readonly HashSet<long> _unverified = [];
    private readonly HashSet<long> _written = [];
    private readonly HashSet<long> _evicted = [];

    public string Table => table;

    /// <summary>Gets or sets the number of details that are cached with the rows.</summary>
    public int NestedItemCount { get; set; }

    public override int Count => _rows.Count + NestedItemCount;

    public bool TryGet(long id, [NotNullWhen(true)] out T? row) => _rows.TryGetValue(id, out row);

    public bool Contains(long id) => _rows.ContainsKey(id);

    /// <summary>Adds a row that the transaction has read and locked.</summary>
    public void Add(long id, T row) => _rows[id] = row;

    /// <summary>Sets the version of a row that the transaction has read and locked.</summary>
    public void SetVersion(long id, long version) => _versions[id] = version;

    /// <summary>Sets a row that the transaction has written.</summary>
    public void SetWritten(long id, T row)
    {
        _rows[id] = row;
        if (shared is not null)
            _written.Add(id);
    }

    /// <summary>Removes a row that is unlikely to be written again. If there is a shared cache, it does not get the row after the commit.</summary>
    /// <returns>Whether the row was removed at once.</returns>
    public bool EvictForLaterTransactions(long id)
    {
        if (shared is null)
            return _rows.Remove(id);

        _evicted.Add(id);
        return false;
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

    public override void CopyToShared(long versionOfWrittenRows)
    {
        foreach ((long id, T row) in _rows)
        {
            if (VersionOf(id, versionOfWrittenRows) is { } known && isComplete?.Invoke(row) != false)
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

    private long? VersionOf(long id, long versionOfWrittenRows) =>
        _evicted.Contains(id) ? null
        : _written.Contains(id) ? versionOfWrittenRows
        : _versions.TryGetValue(id, out long version) ? version
        : null;
}
