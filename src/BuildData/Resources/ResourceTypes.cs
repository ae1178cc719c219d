using BuildData.Definitions;
using BuildData.Paths;
using BuildData.Resources.Builders;
using BuildData.Resources.BuildRequests;
using BuildData.Resources.Builds;
using BuildData.Resources.Buildsets;
using BuildData.Resources.Logs;
using BuildData.Resources.Logs.Sizes;
using BuildData.Resources.Masters;
using BuildData.Resources.Properties;
using BuildData.Resources.SourceStamps;
using BuildData.Resources.Statistics;
using BuildData.Resources.Steps;
using BuildData.Resources.Workers;

namespace BuildData.Resources;

/// <summary>
/// Lists the resource types of the library. To add a resource type, add a folder with its definition, and add the definition to
/// <see cref="All"/>.
/// </summary>
internal static class ResourceTypes
{
    public static readonly IReadOnlyList<ResourceDefinition> All =
    [
        BuildsetDefinition.Instance, BuildRequestDefinition.Instance, BuildDefinition.Instance, BuilderDefinition.Instance, MasterDefinition.Instance,
        PropertyDefinition.Instance, SourceStampDefinition.Instance, StepDefinition.Instance, WorkerDefinition.Instance, BuilderOnMasterDefinition.Instance,
        MissingWorkerDefinition.Instance, BuildStatisticsDefinition.Instance, StepStatisticsDefinition.Instance, LogDefinition.Instance,
        LogContentsDefinition.Instance, RawLogDefinition.Instance, LogSizesDefinition.Instance,
    ];

    /// <summary>
    /// Gets the catalog in which events and updates look up resource types. The code of events and updates receives the catalog as an
    /// object, because its folders must not depend on this class.
    /// </summary>
    public static readonly ResourceCatalog Catalog = new(All, KeptEventJsonOptions.Instance);

    /// <summary>Gets the endpoints of all resource types.</summary>
    public static readonly IReadOnlyList<Endpoint> Endpoints = [.. All.Cast<IEndpointSource>().SelectMany(resource => resource.Endpoints)];

    /// <summary>Gets the table that parses an endpoint path into a query.</summary>
    public static readonly EndpointPathParser PathParser = new(Endpoints);
}
