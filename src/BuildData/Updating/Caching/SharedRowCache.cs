using System.Collections;
using System.Diagnostics.CodeAnalysis;
using BuildData.Updating.Caching;

namespace BuildData.Stores;

/// <summary>Caches rows of a database to which several processes write. All connections of one process share this cache.</summary>
/// <remarks>
/// <para>The cache contains rows as this process last read or wrote them, each with its version in the database. The cache also contains values
/// that never change.</para>
/// <para>When a transaction uses a row, it removes the row from this cache. So two transactions never use the same cached row. After its
/// commit, the transaction puts the row back. If the transaction fails, it does not put the row back, and the next transaction reads the
/// row from the database.</para>
/// <para><see cref="Clear"/> is thread-safe. A caller that uses the collections must hold <see cref="Lock"/>.</para>
/// </remarks>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public sealed class SharedRowCache
{
    private const int Capacity = 100_000;

    private readonly Dictionary<string, IDictionary> _collections = new(StringComparer.Ordinal);

    internal Lock Lock { get; } = new();

    /// <summary>
    /// Gets a number that changes each time the cache is cleared. If the number has changed since a transaction began, the transaction must not
    /// put its rows back.
    /// </summary>
    internal long Generation { get; private set; }

    /// <summary>Gets the keys of the rows that are known to exist in the database.</summary>
    internal HashSet<RowKey> Existing { get; } = [];

    /// <summary>
    /// Clears the cache. The store calls this method when cached rows may differ from the database. For example, the database has lost commits,
    /// or another server has taken over.
    /// </summary>
    public void Clear()
    {
        lock (Lock)
        {
            Generation++;
            foreach (IDictionary collection in _collections.Values)
                collection.Clear();
            Existing.Clear();
        }
    }

    /// <summary>Returns the collection of the rows of a table.</summary>
    internal Dictionary<long, SharedRow<T>> Rows<T>(string table) => Values<long, SharedRow<T>>(table);

    /// <summary>Returns a collection of values that never change.</summary>
    internal Dictionary<TKey, TValue> Values<TKey, TValue>(string name)
        where TKey : notnull
    {
        lock (Lock)
        {
            if (!_collections.TryGetValue(name, out IDictionary? collection))
                _collections.Add(name, collection = new Dictionary<TKey, TValue>());
            return (Dictionary<TKey, TValue>)collection;
        }
    }

    /// <summary>Clears the cache if it is full. This is simpler than evicting single rows.</summary>
    internal void MakeRoom()
    {
        int count = Existing.Count;
        foreach (IDictionary collection in _collections.Values)
            count += collection.Count;
        if (count > Capacity)
            Clear();
    }
}
