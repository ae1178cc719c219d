using BuildData.Definitions;
using BuildData.Paths;
using BuildData.Resources.Builders;
using BuildData.Resources.BuildRequests;
using BuildData.Resources.Builds;
using BuildData.Resources.Buildsets;
using BuildData.Resources.Masters;
using BuildData.Resources.Properties;
using BuildData.Resources.SourceStamps;
using BuildData.Resources.Steps;
using BuildData.Resources.Workers;

namespace BuildData.Resources;

/// <summary>Lists the resources of the library. To add one, add its folder and its line here.</summary>
internal static class Catalog
{
    public static readonly IReadOnlyList<ResourceDefinition> All =
    [
        BuildsetDefinition.Instance, BuildRequestDefinition.Instance, BuildDefinition.Instance, BuilderDefinition.Instance, MasterDefinition.Instance,
        PropertyDefinition.Instance, SourceStampDefinition.Instance, StepDefinition.Instance, WorkerDefinition.Instance,
    ];

    public static readonly ResourceCatalog Resources = new(All, EventJson.Options);

    /// <summary>Gets every endpoint.</summary>
    public static readonly IReadOnlyList<Endpoint> EndpointList = [.. All.Cast<IEndpointSource>().SelectMany(resource => resource.Endpoints)];

    public static readonly EndpointTable Endpoints = new(EndpointList);
}
