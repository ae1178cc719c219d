using BuildData.Queries;

namespace BuildData.Watching;

/// <summary>
/// Represents a query for the resources that are linked to one resource, the owner. For example, the owner is a worker, and the query
/// returns the builders for which the worker is configured.
/// </summary>
/// <typeparam name="T">The type of the linked resources.</typeparam>
internal interface ILinkedQuery<T>
    where T : class
{
    /// <summary>Creates the object that holds the current result of a watch of this query. That object later applies events to the result.</summary>
    /// <param name="validated">The filters and the selected properties of the path.</param>
    /// <param name="related">Reads the resources that are needed to apply an event.</param>
    LinkedLiveResult<T> CreateLiveResult(ValidatedSpec validated, IRelatedResources related);
}
