using System.Collections;
using System.Runtime.CompilerServices;

namespace BuildData.Torture.Model;

/// <summary>An unchangeable list that equals another list with equal elements.</summary>
/// <typeparam name="T">The type of the elements.</typeparam>
[CollectionBuilder(typeof(ValueList), nameof(ValueList.Create))]
internal sealed class ValueList<T>(T[] items) : IReadOnlyList<T>, IEquatable<ValueList<T>>
{
    private int? _hash;

    public int Count => items.Length;

    public T this[int index] => items[index];

    /// <summary>Returns the list with one element more.</summary>
    public ValueList<T> Add(T item) => new([.. items, item]);

    /// <summary>Returns the list with the first element changed that meets a condition; null if no element does.</summary>
    public ValueList<T>? ChangeFirst(Func<T, bool> condition, Func<T, T> change)
    {
        int index = Array.FindIndex(items, item => condition(item));
        if (index < 0)
            return null;
        T[] copy = [.. items];
        copy[index] = change(copy[index]);
        return new ValueList<T>(copy);
    }

    /// <summary>Returns the list with each element changed. An unchanged list is the same object, so that its hash is computed once.</summary>
    public ValueList<T> ChangeAll(Func<T, T> change)
    {
        T[] copy = Array.ConvertAll(items, item => change(item));
        return copy.AsSpan().SequenceEqual(items) ? this : new ValueList<T>(copy);
    }

    public bool Equals(ValueList<T>? other) =>
        ReferenceEquals(this, other) || (other is not null && GetHashCode() == other.GetHashCode() && items.AsSpan().SequenceEqual(other.ToSpan()));

    public override bool Equals(object? obj) => Equals(obj as ValueList<T>);

    public override int GetHashCode()
    {
        if (_hash is { } known)
            return known;
        var hash = default(HashCode);
        foreach (T item in items)
            hash.Add(item);
        _hash = hash.ToHashCode();
        return _hash.Value;
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private ReadOnlySpan<T> ToSpan() => items;
}

/// <summary>Creates lists.</summary>
internal static class ValueList
{
    public static ValueList<T> Create<T>(ReadOnlySpan<T> items) => new(items.ToArray());
}
