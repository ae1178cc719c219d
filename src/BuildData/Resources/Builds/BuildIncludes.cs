using BuildData.Queries;
using BuildData.Resources.BuildRequests;
using BuildData.Resources.Buildsets;
using BuildData.Resources.Steps;

namespace BuildData.Resources.Builds;

/// <summary>Declares the resources that queries can return together with builds.</summary>
internal static class BuildIncludes
{
    public static readonly IReadOnlyList<Include> All =
    [
        RelatedIncludes.Many<Build, Step>(
            "steps",
            StepDefinition.Instance,
            "step.build_id",
            "step.number",
            static build => build.BuildId,
            static step => step.BuildId,
            static (build, steps) => build with { Steps = steps }),
        RelatedIncludes.One<Build, BuildRequest>(
            "buildrequest",
            BuildRequestDefinition.Instance,
            static build => build.BuildRequestId,
            static (build, request) => build with { BuildRequest = request }),
        RelatedIncludes.One<Build, Buildset>(
            "buildset",
            BuildsetDefinition.Instance,
            static build => build.BuildsetId,
            static (build, buildset) => build with { Buildset = buildset }),
    ];
}
