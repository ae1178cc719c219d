using BuildData.Queries;

namespace BuildData.Watching;

/// <summary>Represents a query for properties. Events of the owner of the properties change its result.</summary>
internal interface IPropertyWatch
{
    /// <summary>Creates the result of a watch of the query.</summary>
    PropertyLiveResult CreateLiveResult(IRelatedResources related);
}
