using System.Diagnostics.CodeAnalysis;

namespace BuildData.Updating.Caching;

/// <summary>
/// Caches values that only the writer can change. If the store has several writers, the transaction has locked the rows that the values
/// come from, and the values are dropped at its end.
/// </summary>
/// <param name="keepsAfterTransaction">Whether the values stay cached after the transaction.</param>
internal sealed class LockedRowValues<TKey, TValue>(bool keepsAfterTransaction) : CachedCollection
    where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> _values = [];

    public override int Count => _values.Count;

    public TValue this[TKey key]
    {
        set => _values[key] = value;
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _values.TryGetValue(key, out value);

    /// <summary>Removes a value that is unlikely to be used by a later transaction.</summary>
    public void EvictForLaterTransactions(TKey key)
    {
        if (keepsAfterTransaction)
            _values.Remove(key);
    }

    public override void Clear() => _values.Clear();
}
