namespace BuildData.Paths;

/// <summary>Lists the endpoints of a resource.</summary>
internal interface IEndpointSource
{
    /// <summary>Gets the paths that return the resource.</summary>
    IReadOnlyList<Endpoint> Endpoints { get; }
}
