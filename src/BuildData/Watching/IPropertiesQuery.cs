using BuildData.Queries;

namespace BuildData.Watching;

/// <summary>
/// Represents a query for the properties of one build or buildset. A watch of such a query needs its own kind of live result, which the
/// query creates.
/// </summary>
internal interface IPropertiesQuery
{
    /// <summary>Creates the live result: the result of a watch of the query, to which the watch applies events.</summary>
    /// <param name="related">Reads other resources that are needed to apply an event.</param>
    PropertiesLiveResult CreateLiveResult(IRelatedResources related);
}
