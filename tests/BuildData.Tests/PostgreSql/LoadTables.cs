using System.Text.Json;
using BuildData.Resources;
using Dapper;
using Npgsql;

namespace BuildData.Tests;

/// <summary>What the tables hold after a load, read past the library.</summary>
internal sealed class LoadTables
{
    private static readonly HashSet<(string, string)> Public =
        [.. ResourceTypes.All.SelectMany(type => type.PublicEventNames.Select(name => (type.Kind, name)))];

    private LoadTables(
        List<(long Id, string Name)> builders,
        List<(long Id, string Name)> workers,
        List<(long Id, bool Complete, long Requests)> buildsets,
        List<RequestRow> requests,
        List<BuildRowOf> builds,
        List<StepRowOf> steps,
        List<(long BuildId, string Name)> properties,
        List<EventRow> events)
    {
        (Builders, Workers, Buildsets, Requests, Builds, Steps, Properties, Events) =
            (builders, workers, buildsets, requests, builds, steps, properties, events);
    }

    public List<(long Id, string Name)> Builders { get; }

    public List<(long Id, string Name)> Workers { get; }

    public List<(long Id, bool Complete, long Requests)> Buildsets { get; }

    public List<RequestRow> Requests { get; }

    public List<BuildRowOf> Builds { get; }

    public List<StepRowOf> Steps { get; }

    public List<(long BuildId, string Name)> Properties { get; }

    public List<EventRow> Events { get; }

    public IEnumerable<EventRow> PublicEvents => Events.Where(e => Public.Contains((e.Kind, e.Name)));

    public static async Task<LoadTables> Read(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        return new LoadTables(
            await Rows<(long, string)>(connection, "SELECT id, name FROM builders"),
            await Rows<(long, string)>(connection, "SELECT id, name FROM workers"),
            await Rows<(long, bool, long)>(
                connection, "SELECT s.id, s.complete = 1, (SELECT count(*) FROM buildrequests AS r WHERE r.buildset_id = s.id) FROM buildsets AS s"),
            await Rows<RequestRow>(
                connection, "SELECT id AS Id, buildset_id AS BuildsetId, claimed_by IS NOT NULL AS Claimed, complete = 1 AS Complete, results AS Results FROM buildrequests"),
            await Rows<BuildRowOf>(
                connection, "SELECT id AS Id, builder_id AS BuilderId, number AS Number, buildrequest_id AS RequestId, complete = 1 AS Complete, results AS Results FROM builds ORDER BY builder_id, number"),
            await Rows<StepRowOf>(
                connection, "SELECT id AS Id, build_id AS BuildId, number AS Number, name AS Name, complete = 1 AS Complete, results AS Results, urls AS Urls FROM steps ORDER BY build_id, number"),
            await Rows<(long, string)>(connection, "SELECT build_id, name FROM build_properties"),
            await Rows<EventRow>(connection, "SELECT sequence AS Sequence, kind AS Kind, name AS Name, resource_id AS ResourceId FROM events ORDER BY sequence"));
    }

    /// <summary>Every fact as a load would have printed it.</summary>
    public IEnumerable<string> Facts() =>
    [
        .. Builders.Select(builder => $"builder {builder.Id} {builder.Name}"),
        .. Workers.Select(worker => $"worker {worker.Id} {worker.Name}"),
        .. Buildsets.Select(buildset => $"buildset {buildset.Id} {buildset.Requests}"),
        .. Requests.Where(request => request.Complete).Select(request => $"completed {request.Id} {(BuildResult)request.Results!}"),
        .. Builds.Select(build => $"build {build.Id} {build.BuilderId} {build.Number} {build.RequestId}"),
        .. Builds.Where(build => build.Complete).Select(build => $"ended {build.Id} {(BuildResult)build.Results!}"),
        .. Steps.Select(step => $"step {step.Id} {step.BuildId} {step.Number} {step.Name}"),
        .. Steps.Where(step => step.Complete).Select(step => $"finished {step.Id} {(BuildResult)step.Results!}"),
        .. Steps.SelectMany(step => Urls(step).Select(url => $"url {step.Id} {url}")),
        .. Properties.Select(property => $"property {property.BuildId} {property.Name}"),
    ];

    private static IEnumerable<string> Urls(StepRowOf step)
    {
        if (step.Urls is null)
            return [];
        using var urls = JsonDocument.Parse(step.Urls);
        return [.. urls.RootElement.EnumerateArray().Select(url => url.GetProperty("url").GetString()!)];
    }

    private static async Task<List<T>> Rows<T>(NpgsqlConnection connection, string sql) => [.. await connection.QueryAsync<T>(sql)];

    public sealed record RequestRow(long Id, long BuildsetId, bool Claimed, bool Complete, long? Results);

    public sealed record BuildRowOf(long Id, long BuilderId, long Number, long RequestId, bool Complete, long? Results);

    public sealed record StepRowOf(long Id, long BuildId, long Number, string Name, bool Complete, long? Results, string? Urls);

    public sealed record EventRow(long Sequence, string Kind, string Name, long ResourceId);
}
