using BuildData.Queries;

namespace BuildData.Watching;

/// <summary>
/// Represents a query for the resources to which another resource, the owner, is linked. For example, a worker is linked to the builders for
/// which it is configured.
/// </summary>
/// <typeparam name="T">The type of the linked resources.</typeparam>
internal interface ILinkedQuery<T>
    where T : class
{
    /// <summary>Creates the object that holds the current result of a watch of this query. Later, that object applies events to its result.</summary>
    /// <param name="validated">The filters and the selected properties of the path.</param>
    /// <param name="related">Reads the resources that are needed to apply an event.</param>
    LinkedLiveResult<T> CreateLiveResult(ValidatedSpec validated, IRelatedResources related);
}
