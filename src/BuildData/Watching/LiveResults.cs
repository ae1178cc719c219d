using BuildData.Definitions;
using BuildData.Queries;

namespace BuildData.Watching;

/// <summary>Creates the results of watches.</summary>
internal static class LiveResults
{
    /// <summary>Creates the result for a watch of a collection.</summary>
    public static LiveResult<T> Create<T>(CollectionQuery<T> query, ValidatedSpec validated, IRelatedResources related)
        where T : class =>
        new TableLiveResult<T>(query.Resource, validated, query.ChangedResources, (resource, token) => query.Has(resource, related, token));

    /// <summary>Creates the result for a watch of one resource, or of the properties of one resource.</summary>
    public static LiveResult<T> Create<T>(SingleQuery<T> query, ValidatedSpec validated, IRelatedResources related)
        where T : class =>
        query is IPropertyWatch properties
            ? (LiveResult<T>)(object)properties.CreateLiveResult(related)
            : new TableLiveResult<T>((TableDefinition<T>)query.Resource, validated, query.ChangedResources, (resource, token) => query.Has(resource, related, token));
}
