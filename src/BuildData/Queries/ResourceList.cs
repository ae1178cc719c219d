using System.Collections;
using BuildData.Queries;

namespace BuildData;

/// <summary>A collection's answer: the resources of one page, in order.</summary>
/// <typeparam name="T">The resource type.</typeparam>
public sealed class ResourceList<T> : IReadOnlyList<T>
{
    private readonly IReadOnlyList<T> _resources;

    internal ResourceList(IReadOnlyList<T> resources, long? total, ResultSpec spec, bool parentExists)
    {
        _resources = resources;
        Total = total;
        Limit = spec.Limit;
        Offset = spec.Offset ?? 0;
        ParentExists = parentExists;
    }

    /// <summary>
    /// How many resources match, before paging. Null where the page does not tell and <see cref="ResultSpec.IncludeTotal"/> was
    /// not asked for: counting costs what matches, a page only what it holds.
    /// </summary>
    public long? Total { get; }

    /// <summary>The limit that was asked for; null for none.</summary>
    public long? Limit { get; }

    /// <summary>How many resources were passed over.</summary>
    public long Offset { get; }

    /// <summary>
    /// False where the collection is of a build named by builder and number and there is no such build. The list is empty then,
    /// and the untyped <c>Get</c> gives null.
    /// </summary>
    public bool ParentExists { get; }

    /// <summary>How many resources this page holds.</summary>
    public int Count => _resources.Count;

    /// <summary>The resource at a place in the page.</summary>
    public T this[int index] => _resources[index];

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => _resources.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
