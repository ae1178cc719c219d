using System.Diagnostics.CodeAnalysis;

namespace BuildData.Updating.Caching;

/// <summary>
/// Caches values that never change once they are committed, such as the id of the builder with a name. After the commit, the values of a
/// transaction move to the shared cache, if there is one.
/// </summary>
/// <param name="shared">The values in the shared cache; null if there is none.</param>
internal sealed class ImmutableValues<TKey, TValue>(Dictionary<TKey, TValue>? shared) : TransactionValues<TKey, TValue>
    where TKey : notnull
{
    /// <summary>Copies a value from the shared cache to this one. The caller holds the lock of the shared cache.</summary>
    /// <returns>False if the shared cache does not hold it.</returns>
    public bool TryCopyFromShared(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (!shared!.TryGetValue(key, out value))
            return false;

        Values[key] = value;
        return true;
    }

    public override void CopyToShared(long versionOfWrittenRows)
    {
        foreach ((TKey key, TValue value) in Values)
            shared![key] = value;
    }
}
