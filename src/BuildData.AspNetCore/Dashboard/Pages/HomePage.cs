using BuildData.Queries;

namespace BuildData.AspNetCore.Dashboard.Pages;

/// <summary>Shows the running builds, the waiting requests of each builder, the builds that have finished last, and the builders.</summary>
internal sealed record HomePage : DashboardPage
{
    private const int MostRunning = 200;
    private const int MostWaiting = 2_000;
    private const int MostSteps = 2_000;
    private const int MostBuilders = 500;
    private const int MostNewest = 2_000;
    private const int MostFailures = 10;
    private static readonly TimeSpan FailureAge = TimeSpan.FromDays(1);

    private static readonly ResultSpec Running = new()
    {
        Filters = [new Filter("complete", FilterOperator.Equal, false)],
        Order = [new Order("started_at", descending: true)],
        Limit = MostRunning,
        Include = ["buildset"],
    };

    private static readonly ResultSpec RunningSteps = new()
    {
        Filters = [new Filter("complete", FilterOperator.Equal, false)],
        Order = [new Order("stepid", descending: true)],
        Limit = MostSteps,
    };

    private static readonly ResultSpec Waiting = new()
    {
        Filters = [new Filter("claimed", FilterOperator.Equal, false)],
        Order = [new Order("priority", descending: true), new Order("submitted_at")],
        Limit = MostWaiting,
    };

    private static readonly ResultSpec Finished = new() { Order = [new Order("complete_at", descending: true)], Limit = 30, Include = ["buildset"] };

    private static readonly ResultSpec ByName = new() { Order = [new Order("name")], Limit = MostBuilders };

    public override IReadOnlyList<string> Patterns => ["/builds/*", "/buildrequests/*", "/steps/*", "/builders/*"];

    public override async Task<PageState?> Read(DashboardReader reader, PageState? previous, CancellationToken cancellationToken)
    {
        using var parts = new PartsWriter(previous);
        await AddRunning(parts, reader, cancellationToken).ConfigureAwait(false);
        await AddWaiting(parts, reader, cancellationToken).ConfigureAwait(false);
        await AddRecent(parts, reader, cancellationToken).ConfigureAwait(false);
        await AddBuilders(parts, reader, cancellationToken).ConfigureAwait(false);
        return parts.ToState();
    }

    private static async Task AddRunning(PartsWriter parts, DashboardReader reader, CancellationToken cancellationToken)
    {
        ResourceList<Build> builds = await reader.Data.GetAll(new AllBuilds(), Running, cancellationToken).ConfigureAwait(false);
        ILookup<long, Step> steps = builds.Count == 0
            ? Array.Empty<Step>().ToLookup(step => step.BuildId)
            : (await reader.Data.GetAll(new AllSteps(), RunningSteps, cancellationToken).ConfigureAwait(false)).ToLookup(step => step.BuildId);
        foreach (Build build in builds)
        {
            TimeSpan? median = await reader.GetMedian(build.BuilderId, cancellationToken).ConfigureAwait(false);
            Step? step = steps[build.BuildId].FirstOrDefault(step => step.StartedAt is not null);
            parts.Add($"running/{build.BuildId}", json =>
            {
                json.WriteBuild(build);
                json.WriteDuration("median", median);
                json.WriteText("step", step?.Title ?? step?.Name);
                json.WriteText("stepState", step?.StateString);
            });
        }

        if (builds.Count == MostRunning)
            parts.Add("more/running", static json => json.WriteNumber("limit", MostRunning));
    }

    private static async Task AddWaiting(PartsWriter parts, DashboardReader reader, CancellationToken cancellationToken)
    {
        ResourceList<BuildRequest> requests = await reader.Data.GetAll(new AllBuildRequests(), Waiting, cancellationToken).ConfigureAwait(false);
        IGrouping<long, BuildRequest>[] builders = [.. requests.GroupBy(request => request.BuilderId)];
        IReadOnlyDictionary<long, string> names = await reader.GetBuilderNames(builders.Select(builder => builder.Key), cancellationToken).ConfigureAwait(false);
        foreach (IGrouping<long, BuildRequest> builder in builders)
        {
            parts.Add($"waiting/{builder.Key}", json =>
            {
                json.WriteNumber("builderId", builder.Key);
                json.WriteString("builder", names.GetValueOrDefault(builder.Key, ""));
                json.WriteNumber("count", builder.Count());
                json.WriteTime("since", builder.Min(request => request.SubmittedAt));
                json.WriteNumber("priority", builder.Max(request => request.Priority));
            });
        }

        if (requests.Count == MostWaiting)
            parts.Add("more/waiting", static json => json.WriteNumber("limit", MostWaiting));
    }

    private static async Task AddRecent(PartsWriter parts, DashboardReader reader, CancellationToken cancellationToken)
    {
        ResourceList<Build> finished = await reader.Data.GetAll(new AllBuilds(), Finished, cancellationToken).ConfigureAwait(false);
        IEnumerable<Build> failed = await ReadFailures(reader, cancellationToken).ConfigureAwait(false);
        foreach (Build build in finished.Where(build => build.Complete).Concat(failed).DistinctBy(build => build.BuildId))
            parts.Add($"recent/{build.BuildId}", json => json.WriteBuild(build));
    }

    // Among many successes, the last failures would not be found.
    private static async Task<IEnumerable<Build>> ReadFailures(DashboardReader reader, CancellationToken cancellationToken)
    {
        var failures = new List<Build>();
        foreach (BuildResult result in (BuildResult[])[BuildResult.Failure, BuildResult.Exception])
        {
            var spec = new ResultSpec
            {
                Filters = [new Filter("results", FilterOperator.Equal, result)],
                Order = [new Order("buildid", descending: true)],
                Limit = MostFailures,
                Include = ["buildset"],
            };
            failures.AddRange(await reader.Data.GetAll(new AllBuilds(), spec, cancellationToken).ConfigureAwait(false));
        }

        DateTimeOffset first = reader.Clock.GetUtcNow() - FailureAge;
        return failures.Where(build => build.CompleteAt >= first).OrderByDescending(build => build.BuildId).Take(MostFailures);
    }

    private static async Task AddBuilders(PartsWriter parts, DashboardReader reader, CancellationToken cancellationToken)
    {
        ResourceList<Builder> builders = await reader.Data.GetAll(new AllBuilders(), ByName, cancellationToken).ConfigureAwait(false);
        if (builders.Count == 0)
            return;

        // With many builders, only a few builds of each are shown.
        var newest = new NewestBuilds(Math.Clamp(MostNewest / builders.Count, 1, 10));
        ResourceList<Build> builds = await reader.Data.GetAll(newest, new ResultSpec { Limit = 2 * MostNewest }, cancellationToken).ConfigureAwait(false);
        ILookup<long, Build> byBuilder = builds.ToLookup(build => build.BuilderId);
        foreach (Builder builder in builders)
        {
            parts.Add($"builder/{builder.BuilderId}", json =>
            {
                json.WriteNumber("id", builder.BuilderId);
                json.WriteString("name", builder.Name);
                json.WriteStartArray("last");
                foreach (Build build in byBuilder[builder.BuilderId])
                {
                    json.WriteStartObject();
                    json.WriteNumber("number", build.Number);
                    json.WriteResult(build.Results);
                    json.WriteTime("started", build.StartedAt);
                    json.WriteTime("ended", build.CompleteAt);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
        }

        if (builders.Count == MostBuilders)
            parts.Add("more/builders", static json => json.WriteNumber("limit", MostBuilders));
    }
}
