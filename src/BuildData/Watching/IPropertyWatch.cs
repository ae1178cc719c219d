using BuildData.Queries;

namespace BuildData.Watching;

/// <summary>Represents a query for the properties of one build or buildset. Such a query creates the result for its watch itself.</summary>
internal interface IPropertyWatch
{
    /// <summary>Creates the result of a watch of the query.</summary>
    PropertyLiveResult CreateLiveResult(IRelatedResources related);
}
