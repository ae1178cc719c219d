using System.Text.Json;
using BuildData.Queries;

namespace BuildData.AspNetCore.Dashboard.Pages;

/// <summary>Shows the build requests that wait or are claimed, the workers, and the masters.</summary>
internal sealed record QueuePage : DashboardPage
{
    private const int MostWaiting = 300;
    private const int MostClaimed = 200;
    private const int MostWorkers = 500;
    private const int MostMasters = 100;
    private const int MostBuildsOfWorker = 10;

    private static readonly ResultSpec Waiting = new()
    {
        Filters = [new Filter("claimed", FilterOperator.Equal, false)],
        Order = [new Order("priority", descending: true), new Order("submitted_at")],
        Limit = MostWaiting,
        Include = ["buildset"],
    };

    private static readonly ResultSpec Claimed = new()
    {
        Filters = [new Filter("complete", FilterOperator.Equal, false), new Filter("claimed", FilterOperator.Equal, true)],
        Order = [new Order("priority", descending: true), new Order("submitted_at")],
        Limit = MostClaimed,
        Include = ["buildset", "builds"],
    };

    private static readonly ResultSpec Running = new() { Filters = [new Filter("complete", FilterOperator.Equal, false)], Limit = 1_000 };

    public override IReadOnlyList<string> Patterns => ["/buildrequests/*", "/builds/*", "/workers/*", "/masters/*"];

    // No event tells when a worker or a master was last seen.
    public override TimeSpan RefreshInterval => TimeSpan.FromSeconds(10);

    public override async Task<PageState?> Read(DashboardReader reader, PageState? previous, CancellationToken cancellationToken)
    {
        using var parts = new PartsWriter(previous);
        await AddRequests(parts, reader, cancellationToken).ConfigureAwait(false);
        await AddWorkers(parts, reader, cancellationToken).ConfigureAwait(false);
        foreach (MasterInfo master in await reader.Data.GetAll(new AllMasters(), new ResultSpec { Limit = MostMasters }, cancellationToken).ConfigureAwait(false))
        {
            parts.Add($"master/{master.MasterId}", json =>
            {
                json.WriteNumber("id", master.MasterId);
                json.WriteString("name", master.Name);
                json.WriteFlag("active", master.Active);
                json.WriteTime("seen", master.LastActive);
            });
        }

        return parts.ToState();
    }

    private static async Task AddRequests(PartsWriter parts, DashboardReader reader, CancellationToken cancellationToken)
    {
        ResourceList<BuildRequest> waiting = await reader.Data.GetAll(new AllBuildRequests(), Waiting, cancellationToken).ConfigureAwait(false);
        ResourceList<BuildRequest> claimed = await reader.Data.GetAll(new AllBuildRequests(), Claimed, cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<long, string> names =
            await reader.GetBuilderNames(waiting.Concat(claimed).Select(request => request.BuilderId), cancellationToken).ConfigureAwait(false);
        foreach (BuildRequest request in waiting)
            parts.Add($"waiting/{request.BuildRequestId}", json => WriteRequest(json, request, names));
        foreach (BuildRequest request in claimed)
            parts.Add($"claimed/{request.BuildRequestId}", json => WriteRequest(json, request, names));
        if (waiting.Count == MostWaiting)
            parts.Add("more/waiting", static json => json.WriteNumber("limit", MostWaiting));
        if (claimed.Count == MostClaimed)
            parts.Add("more/claimed", static json => json.WriteNumber("limit", MostClaimed));
    }

    private static void WriteRequest(Utf8JsonWriter json, BuildRequest request, IReadOnlyDictionary<long, string> builders)
    {
        json.WriteNumber("id", request.BuildRequestId);
        json.WriteNumber("builderId", request.BuilderId);
        json.WriteString("builder", builders.GetValueOrDefault(request.BuilderId, ""));
        json.WriteNumber("priority", request.Priority);
        json.WriteTime("since", request.SubmittedAt);
        json.WriteTime("claimed", request.ClaimedAt);
        json.WriteId("master", request.ClaimedByMasterId);
        json.WriteFlag("waitedFor", request.WaitedFor);
        json.WriteTime("cancelled", request.CancelRequestedAt);
        json.WriteText("reason", request.Buildset?.Reason);
        json.WriteSource(request.Buildset, null);
        if (request.Builds?.MaxBy(build => build.BuildId) is { } build)
        {
            json.WriteNumber("number", build.Number);
            json.WriteText("worker", build.WorkerName);
        }
    }

    private static async Task AddWorkers(PartsWriter parts, DashboardReader reader, CancellationToken cancellationToken)
    {
        ResourceList<Worker> workers = await reader.Data.GetAll(new AllWorkers(), new ResultSpec { Limit = MostWorkers }, cancellationToken).ConfigureAwait(false);
        ILookup<long?, Build> running = workers.Count == 0
            ? Array.Empty<Build>().ToLookup(build => build.WorkerId)
            : (await reader.Data.GetAll(new AllBuilds(), Running, cancellationToken).ConfigureAwait(false)).ToLookup(build => build.WorkerId);
        foreach (Worker worker in workers)
            parts.Add($"worker/{worker.WorkerId}", json => WriteWorker(json, worker, running[worker.WorkerId]));
        if (workers.Count == MostWorkers)
            parts.Add("more/workers", static json => json.WriteNumber("limit", MostWorkers));
    }

    private static void WriteWorker(Utf8JsonWriter json, Worker worker, IEnumerable<Build> running)
    {
        json.WriteNumber("id", worker.WorkerId);
        json.WriteString("name", worker.Title ?? worker.Name);
        json.WriteFlag("paused", worker.Paused);
        json.WriteText("pauseReason", worker.PauseReason);
        json.WriteFlag("graceful", worker.Graceful);
        json.WriteFlag("connected", worker.ConnectedTo.Count > 0);
        json.WriteText("version", worker.Version);
        json.WriteTime("seen", worker.LastSeen);
        json.WriteStartArray("builds");
        foreach (Build build in running.Take(MostBuildsOfWorker))
        {
            json.WriteStartObject();
            json.WriteNumber("builderId", build.BuilderId);
            json.WriteString("builder", build.BuilderName);
            json.WriteNumber("number", build.Number);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
