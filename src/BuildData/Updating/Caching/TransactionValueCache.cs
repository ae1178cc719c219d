using System.Diagnostics.CodeAnalysis;

namespace BuildData.Updating.Caching;

/// <summary>
/// Caches values for one transaction. The values are cleared before the next transaction, whether or not other processes write to the database.
/// </summary>
internal class TransactionValueCache<TKey, TValue> : CacheSection
    where TKey : notnull
{
    public override int Count => Values.Count;

    protected Dictionary<TKey, TValue> Values { get; } = [];

    public TValue this[TKey key]
    {
        set => Values[key] = value;
    }

    public bool Contains(TKey key) => Values.ContainsKey(key);

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => Values.TryGetValue(key, out value);

    public TValue? Find(TKey key) => Values.GetValueOrDefault(key);

    public void Remove(TKey key) => Values.Remove(key);

    public override void Clear() => Values.Clear();
}
