namespace BuildData.Benchmarks;

/// <summary>Takes the next waiting build request of a builder and adds a build for it.</summary>
internal static class ClaimMethod
{
    // How many waiting requests a caller reads to choose one at random, so that callers collide less often. It gives up the order.
    private const int Choices = 64;

    public static readonly IReadOnlyDictionary<string, Func<DataApi, long, Task<ClaimedRequest?>>> ByName =
        new Dictionary<string, Func<DataApi, long, Task<ClaimedRequest?>>>(StringComparer.Ordinal)
        {
            ["StartNext"] = StartNext,
            ["query"] = static (data, builder) => Query(data, builder, 1),
            ["random"] = static (data, builder) => Query(data, builder, Choices),
        };

    private static async Task<ClaimedRequest?> StartNext(DataApi data, long builder) =>
        await data.Updates.StartNext(null, [builder]) is { } started
            ? new ClaimedRequest(started.Request.BuildRequestId, started.Request.Priority, started.Number)
            : null;

    private static async Task<ClaimedRequest?> Query(DataApi data, long builder, int choices)
    {
        while (true)
        {
            ResourceList<BuildRequest> waiting = await data.GetAll<BuildRequest>(
                $"/builders/{builder}/buildrequests?claimed=false&order=-priority&order=submitted_at&order=buildrequestid&limit={choices}");
            if (waiting.Count == 0)
                return null;

            BuildRequest next = waiting[Random.Shared.Next(waiting.Count)];
            if (!await data.Updates.ClaimBuildRequests([next.BuildRequestId]))
                continue;

            AddedBuild build = await data.Updates.AddBuild(builder, next.BuildRequestId);
            return new ClaimedRequest(next.BuildRequestId, next.Priority, build.Number);
        }
    }
}

/// <summary>Represents a claimed build request with its build.</summary>
internal sealed record ClaimedRequest(long RequestId, long Priority, long BuildNumber);
