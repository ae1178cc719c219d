using System.Collections;
using System.Diagnostics.CodeAnalysis;
using BuildData.Updating.Caching;

namespace BuildData.Stores;

/// <summary>
/// Caches rows of a database that other processes write too. All connections of this process share the cache. It holds rows as this
/// process last read or wrote them, each with its version, and values that never change.
/// </summary>
/// <remarks>
/// <para>
/// A transaction takes the rows that it uses out of the cache. So no other transaction uses a cached row at the same time. After its commit,
/// the transaction puts the rows back. If it fails, it does not, and the next transaction reads the rows from the database.
/// </para>
/// <para><see cref="Clear"/> is thread-safe. While a caller uses the collections, it must hold <see cref="Lock"/>.</para>
/// </remarks>
[Experimental(Seam.DiagnosticId)]
public sealed class SharedRowCache
{
    private const int Capacity = 100_000;

    private readonly Dictionary<string, IDictionary> _collections = new(StringComparer.Ordinal);

    internal Lock Lock { get; } = new();

    /// <summary>Gets a number that changes when the cache is cleared. A transaction that began before does not put its rows back.</summary>
    internal long Generation { get; private set; }

    /// <summary>Gets the rows that are known to exist.</summary>
    internal HashSet<RowKey> Existing { get; } = [];

    /// <summary>Clears the cache, because the database may have lost commits or another server has taken over.</summary>
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

    /// <summary>Clears the cache if it is full. Clearing a full cache is simpler than evicting single rows.</summary>
    internal void MakeRoom()
    {
        int count = Existing.Count;
        foreach (IDictionary collection in _collections.Values)
            count += collection.Count;
        if (count > Capacity)
            Clear();
    }
}
