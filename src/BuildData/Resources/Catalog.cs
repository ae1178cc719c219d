using BuildData.Paths;

namespace BuildData;

/// <summary>All resources there are. To add one, add its folder and its line here.</summary>
internal static class Catalog
{
    public static readonly BuildsetResource Buildsets = new();
    public static readonly BuildRequestResource BuildRequests = new();
    public static readonly BuildResource Builds = new();
    public static readonly BuilderResource Builders = new();
    public static readonly MasterResource Masters = new();
    public static readonly PropertyResource Properties = new();
    public static readonly SourceStampResource SourceStamps = new();
    public static readonly StepResource Steps = new();
    public static readonly WorkerResource Workers = new();

    public static readonly IReadOnlyList<Resource> All =
        [Buildsets, BuildRequests, Builds, Builders, Masters, Properties, SourceStamps, Steps, Workers];

    /// <summary>The resource that is called so in events that are kept.</summary>
    public static Resource OfKind(string kind) =>
        All.FirstOrDefault(resource => resource.Kind == kind)
        ?? throw new StoreException($"The store keeps an event of a '{kind}', of which this version of the library knows nothing.");

    public static readonly EndpointTable Endpoints = new(All.SelectMany(resource => resource.Endpoints));
}
