using BuildData.Queries;

namespace BuildData.AspNetCore.Dashboard.Pages;

/// <summary>Shows the last 100 builds of a builder, or the 100 builds before a number, its slowest steps and its waiting requests.</summary>
/// <param name="BuilderId">The id of the builder.</param>
/// <param name="Before">The number before which the builds are shown; null for the last ones.</param>
internal sealed record BuilderPage(long BuilderId, long? Before) : DashboardPage
{
    private const int MostWaiting = 200;
    private const int MostSteps = 12;
    private const int MostTags = 50;

    private static readonly ResultSpec Waiting = new()
    {
        Filters = [new Filter("claimed", FilterOperator.Equal, false)],
        Order = [new Order("priority", descending: true), new Order("submitted_at")],
        Limit = MostWaiting,
        Include = ["buildset"],
    };

    public override IReadOnlyList<string> Patterns =>
        [$"/builders/{BuilderId}", $"/builders/{BuilderId}/builds/*", $"/builders/{BuilderId}/buildrequests/*"];

    public override async Task<PageState?> Read(DashboardReader reader, PageState? previous, CancellationToken cancellationToken)
    {
        if (await reader.Data.Get(new BuilderByRef(BuilderId), cancellationToken: cancellationToken).ConfigureAwait(false) is not { } builder)
            return null;

        using var parts = new PartsWriter(previous);
        parts.Add("builder", json =>
        {
            json.WriteNumber("id", builder.BuilderId);
            json.WriteString("name", builder.Name);
            json.WriteText("description", builder.Description);
            json.WriteStartArray("tags");
            foreach (string tag in builder.Tags.Take(MostTags))
                json.WriteStringValue(tag);
            json.WriteEndArray();
        });

        await AddBuilds(parts, reader, cancellationToken).ConfigureAwait(false);
        await AddSteps(parts, reader, cancellationToken).ConfigureAwait(false);
        await AddWaiting(parts, reader, cancellationToken).ConfigureAwait(false);
        return parts.ToState();
    }

    private async Task AddBuilds(PartsWriter parts, DashboardReader reader, CancellationToken cancellationToken)
    {
        var spec = new ResultSpec
        {
            Filters = Before is { } before ? [new Filter("number", FilterOperator.LessThan, before)] : [],
            Order = [new Order("number", descending: true)],
            Limit = DashboardReader.StatisticsBuilds,
            Include = ["buildrequest", "buildset"],
            Properties = ["branch", "got_revision", "revision"],
        };
        ResourceList<Build> builds = await reader.Data.GetAll(new BuildsOfBuilder(BuilderId), spec, cancellationToken).ConfigureAwait(false);
        foreach (Build build in builds)
        {
            parts.Add($"build/{build.BuildId}", json =>
            {
                json.WriteBuild(build);
                json.WriteText("reason", build.Buildset?.Reason);
            });
        }

        if (builds.Next is not null)
            parts.Add("more/builds", json => json.WriteNumber("before", builds[^1].Number));
    }

    private async Task AddSteps(PartsWriter parts, DashboardReader reader, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, StepStatistics> steps = await reader.GetSteps(BuilderId, cancellationToken).ConfigureAwait(false);
        foreach (StepStatistics step in steps.Values.OrderByDescending(step => step.NewestDuration).Take(MostSteps))
        {
            parts.Add($"step/{step.Name}", json =>
            {
                json.WriteString("name", step.Name);
                json.WriteNumber("steps", step.Steps);
                json.WriteNumber("failures", step.Failures);
                json.WriteDuration("median", step.MedianDuration);
                json.WriteDuration("p95", step.P95Duration);
                json.WriteDuration("newest", step.NewestDuration);
            });
        }
    }

    private async Task AddWaiting(PartsWriter parts, DashboardReader reader, CancellationToken cancellationToken)
    {
        ResourceList<BuildRequest> requests = await reader.Data.GetAll(new BuildRequestsOfBuilder(BuilderId), Waiting, cancellationToken).ConfigureAwait(false);
        foreach (BuildRequest request in requests)
        {
            parts.Add($"waiting/{request.BuildRequestId}", json =>
            {
                json.WriteNumber("id", request.BuildRequestId);
                json.WriteNumber("priority", request.Priority);
                json.WriteTime("since", request.SubmittedAt);
                json.WriteText("reason", request.Buildset?.Reason);
                json.WriteSource(request.Buildset, null);
            });
        }

        if (requests.Count == MostWaiting)
            parts.Add("more/waiting", static json => json.WriteNumber("limit", MostWaiting));
    }
}
