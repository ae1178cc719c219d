using BuildData.Paths;

namespace BuildData;

/// <summary>All resources there are. To add one, add its folder and its line here.</summary>
internal static class Catalog
{
    public static readonly BuildsetDefinition Buildsets = new();
    public static readonly BuildRequestDefinition BuildRequests = new();
    public static readonly BuildDefinition Builds = new();
    public static readonly BuilderDefinition Builders = new();
    public static readonly MasterDefinition Masters = new();
    public static readonly PropertyDefinition Properties = new();
    public static readonly SourceStampDefinition SourceStamps = new();
    public static readonly StepDefinition Steps = new();
    public static readonly WorkerDefinition Workers = new();

    public static readonly IReadOnlyList<ResourceDefinition> All =
        [Buildsets, BuildRequests, Builds, Builders, Masters, Properties, SourceStamps, Steps, Workers];

    /// <summary>The resource that is called so in events that are kept.</summary>
    public static ResourceDefinition OfKind(string kind) =>
        All.FirstOrDefault(resource => resource.Kind == kind)
        ?? throw new StoreException($"The store keeps an event of a '{kind}', of which this version of the library knows nothing.");

    /// <summary>Gets every endpoint.</summary>
    public static readonly IReadOnlyList<Endpoint> EndpointList = [.. All.Cast<IEndpointSource>().SelectMany(resource => resource.Endpoints)];

    public static readonly EndpointTable Endpoints = new(EndpointList);
}
