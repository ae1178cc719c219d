using BuildData.Queries;

namespace BuildData.Watching;

/// <summary>A query for properties, which change by events of their owner.</summary>
internal interface IPropertyWatch
{
    /// <summary>Creates the result of a watch of the query.</summary>
    PropertyLiveResult CreateLiveResult(IRelatedResources related);
}
