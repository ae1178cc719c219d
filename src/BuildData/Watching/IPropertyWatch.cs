using BuildData.Queries;

namespace BuildData.Watching;

/// <summary>Represents a query for the properties of one build or buildset, whose result is watched by other rules than that of rows.</summary>
internal interface IPropertyWatch
{
    /// <summary>Creates the result of a watch of the query.</summary>
    PropertyLiveResult CreateLiveResult(IRelatedResources related);
}
