using System.Collections;
using BuildData.Queries;

namespace BuildData;

/// <summary>Represents the resources of a collection, or one page of them, in order. Immutable and thread-safe.</summary>
/// <typeparam name="T">The resource type.</typeparam>
public sealed class ResourceList<T> : IReadOnlyList<T>
{
    private readonly IReadOnlyList<T> _resources;

    internal ResourceList(IReadOnlyList<T> resources, long? total, ResultSpec spec, bool? parentExists, string? next = null)
    {
        _resources = resources;
        Total = total;
        Limit = spec.Limit;
        Offset = spec.Offset ?? 0;
        ParentExists = parentExists;
        Next = next;
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
    /// Gets the position of the next page: pass it as <see cref="ResultSpec.After"/>, or as <c>after=</c> in a query string. Null if there is
    /// no further resource, or if the query had no limit.
    /// </summary>
    /// <remarks>
    /// Pages that are read one after the other, each from the position of the one before, contain each resource exactly once, also while
    /// resources are added or removed. A resource that is added during this time is in a later page if the order puts it there. If the order
    /// uses an attribute that changes, such as <c>complete_at</c>, a resource that changes can be missing or be returned twice.
    /// </remarks>
    public string? Next { get; }

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
