using System.Collections;

namespace BuildData.Values;

internal static class ValueList
{
    /// <summary>Returns the items as a list that nobody can change, whatever happens to the one given.</summary>
    public static IReadOnlyList<T> Copy<T>(IReadOnlyList<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return items.Count == 0 ? [] : items as ValueList<T> ?? new ValueList<T>([.. items]);
    }
}

/// <summary>
/// A list that can't be changed and is equal to another with equal elements, so that resources which hold it are equal when their
/// values are.
/// </summary>
internal sealed class ValueList<T>(T[] items) : IReadOnlyList<T>
{
    public int Count => items.Length;

    public T this[int index] => items[index];

    public override bool Equals(object? obj) => obj is ValueList<T> other && items.AsSpan().SequenceEqual(other.AsSpan());

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (T item in items)
            hash.Add(item);
        return hash.ToHashCode();
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private ReadOnlySpan<T> AsSpan() => items;
}
