using BuildData.Queries;

namespace BuildData.Watching;

/// <summary>
/// Represents a query for the properties of one build or buildset. The query creates the live result of a watch: an object that holds the
/// current properties, and applies events to these properties.
/// </summary>
internal interface IPropertiesQuery
{
    /// <summary>Creates the object that holds the current result of a watch of this query. That object later applies events to the result.</summary>
    /// <param name="related">Reads other resources that are needed to apply an event.</param>
    PropertiesLiveResult CreateLiveResult(IRelatedResources related);
}
