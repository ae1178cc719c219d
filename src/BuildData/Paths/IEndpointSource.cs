namespace BuildData.Paths;

/// <summary>Lists the endpoints of a resource type.</summary>
internal interface IEndpointSource
{
    /// <summary>Gets the endpoints that return resources of the type.</summary>
    IReadOnlyList<Endpoint> Endpoints { get; }
}
