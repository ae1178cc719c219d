using System.Diagnostics.CodeAnalysis;

namespace BuildData.Updating.Caching;

/// <summary>Caches values that never change after their commit. For example, the id that belongs to a builder's name never changes.</summary>
/// <remarks>
/// If there is a shared cache, the values are copied to the shared cache after the commit. All connections of this process use the shared
/// cache.
/// </remarks>
/// <param name="shared">The values in the shared cache; null if there is no shared cache.</param>
internal sealed class ImmutableValueCache<TKey, TValue>(Dictionary<TKey, TValue>? shared) : TransactionValueCache<TKey, TValue>
    where TKey : notnull
{
    /// <summary>Copies a value from the shared cache to this collection. The caller must hold the lock of the shared cache.</summary>
    /// <returns>False if the shared cache does not contain the value.</returns>
    public bool TryCopyFromShared(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (!shared!.TryGetValue(key, out value))
            return false;

        Values[key] = value;
        return true;
    }

    public override void CopyToShared(long committedVersion)
    {
        foreach ((TKey key, TValue value) in Values)
            shared![key] = value;
    }
}
