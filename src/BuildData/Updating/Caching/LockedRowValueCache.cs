using System.Diagnostics.CodeAnalysis;

namespace BuildData.Updating.Caching;

/// <summary>
/// Caches values that were read from locked rows, such as the number of a builder's latest build. While the rows are locked, no other
/// transaction can change the values.
/// </summary>
/// <remarks>If the store has a single writer, no locks are necessary, and the values stay cached after the transaction.</remarks>
/// <param name="keepsAfterTransaction">Whether the values stay cached after the transaction. True if the store has a single writer.</param>
internal sealed class LockedRowValueCache<TKey, TValue>(bool keepsAfterTransaction) : CacheSection
    where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> _values = [];

    public override int Count => _values.Count;

    public TValue this[TKey key]
    {
        set => _values[key] = value;
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _values.TryGetValue(key, out value);

    /// <summary>
    /// Prevents later transactions from finding a value in the cache, because these transactions are unlikely to need the value. Does
    /// nothing if the cache is cleared after each transaction anyway.
    /// </summary>
    public void EvictForLaterTransactions(TKey key)
    {
        if (keepsAfterTransaction)
            _values.Remove(key);
    }

    /// <summary>Removes a value from the cache, because the transaction has removed the value's row from the database.</summary>
    public void Remove(TKey key) => _values.Remove(key);

    public override void Clear() => _values.Clear();
}
