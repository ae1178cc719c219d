using System.Collections;

namespace BuildData.Values;

/// <summary>Creates immutable lists that are compared by their elements.</summary>
internal static class EquatableList
{
    /// <summary>Returns an immutable copy of a list. Two copies are equal if their elements are equal.</summary>
    /// <exception cref="ArgumentException">The list is null, or contains null.</exception>
    public static IReadOnlyList<T> Copy<T>(IReadOnlyList<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (items is EquatableList<T> copied)
            return copied;

        // Check the copy, because the caller may change the list.
        T[] copy = [.. items];
        if (Array.Exists(copy, static item => item is null))
            throw new ArgumentException("The list contains null.", nameof(items));
        return copy.Length == 0 ? [] : new EquatableList<T>(copy);
    }
}

/// <summary>
/// Represents an immutable list that is compared by its elements, not by reference. Because of this, two resources with equal lists can be
/// equal records.
/// </summary>
internal sealed class EquatableList<T>(T[] items) : IReadOnlyList<T>
{
    public int Count => items.Length;

    public T this[int index] => items[index];

    public override bool Equals(object? obj) => obj is EquatableList<T> other && items.AsSpan().SequenceEqual(other.AsSpan());

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (T item in items)
            hash.Add(item);
        return hash.ToHashCode();
    }

    public override string ToString() => $"[{string.Join(", ", items)}]";

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private ReadOnlySpan<T> AsSpan() => items;
}
