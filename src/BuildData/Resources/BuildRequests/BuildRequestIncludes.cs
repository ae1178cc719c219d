using BuildData.Queries;
using BuildData.Resources.Builds;
using BuildData.Resources.Buildsets;

namespace BuildData.Resources.BuildRequests;

/// <summary>Declares the resources that queries can return together with build requests.</summary>
internal static class BuildRequestIncludes
{
    public static readonly IReadOnlyList<Include> All =
    [
        RelatedIncludes.Many<BuildRequest, Build>(
            "builds",
            BuildDefinition.Instance,
            "build.buildrequest_id",
            "build.id",
            static request => request.BuildRequestId,
            static build => build.BuildRequestId,
            static (request, builds) => request with { Builds = builds }),
        RelatedIncludes.One<BuildRequest, Buildset>(
            "buildset",
            BuildsetDefinition.Instance,
            static request => request.BuildsetId,
            static (request, buildset) => request with { Buildset = buildset }),
    ];
}
