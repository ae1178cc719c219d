using System.Collections;
using BuildData.Queries;

namespace BuildData;

/// <summary>Represents the resources of a collection, or one page of them, in order. Immutable and thread-safe.</summary>
/// <typeparam name="T">The resource type.</typeparam>
public sealed class ResourceList<T> : IReadOnlyList<T>
{
    private readonly IReadOnlyList<T> _resources;

    internal ResourceList(IReadOnlyList<T> resources, long? total, ResultSpec spec, bool? parentExists)
    {
        _resources = resources;
        Total = total;
        Limit = spec.Limit;
        Offset = spec.Offset ?? 0;
        ParentExists = parentExists;
    }

    /// <summary>
    /// Gets the number of resources that match the filters, without regard to limit and offset. Null if the number is unknown. The number
    /// is known if the page contains the end of the collection, or if <see cref="ResultSpec.IncludeTotal"/> was set.
    /// </summary>
    public long? Total { get; }

    /// <summary>Gets the limit of the query; null if the query had no limit.</summary>
    public long? Limit { get; }

    /// <summary>Gets the number of resources that were skipped before this page.</summary>
    public long Offset { get; }

    /// <summary>
    /// Gets whether the parent exists: the resource to which the collection belongs. Null if the query has not checked this. A query checks
    /// this only if the path contains the builder and the number of a build, such as <c>/builders/7/builds/3/steps</c>. If that build does
    /// not exist, the list is empty, and <see cref="Total"/> is null.
    /// </summary>
    public bool? ParentExists { get; }

    /// <summary>Gets the number of resources in this page.</summary>
    public int Count => _resources.Count;

    /// <summary>Gets the resource at an index of the page.</summary>
    public T this[int index] => _resources[index];

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => _resources.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
