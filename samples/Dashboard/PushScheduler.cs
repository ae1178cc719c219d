namespace BuildData.Samples.Dashboard;

/// <summary>Requests builds now and then, as if somebody had pushed a commit. It stops for a while if many requests wait.</summary>
internal sealed class PushScheduler(DataApi data, Dictionary<long, Recording> builders)
{
    private const long MostWaiting = 9;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(6);

    public async Task Run(CancellationToken stopping)
    {
        long[] pushed = [.. builders.Where(builder => !builders.Values.Any(other => other.Triggers == builder.Value.Builder)).Select(builder => builder.Key)];
        using var timer = new PeriodicTimer(Interval);
        do
        {
            if (await data.Count<BuildRequest>("/buildrequests?claimed=false", cancellationToken: stopping) < MostWaiting)
                await Push(Random.Shared.GetItems(pushed, 4).Distinct(), stopping);
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }

    private Task<AddedBuildset> Push(IEnumerable<long> builderIds, CancellationToken stopping)
    {
        Commit commit = Commit.Next(Random.Shared);
        return data.Updates.AddBuildset(
            scheduler: "push",
            sourceStamps: [commit.Stamp],
            reason: commit.Message,
            properties: new() { ["owner"] = (commit.Author, "push"), ["branch"] = (commit.Stamp.Branch, "push"), ["changed_files"] = (Random.Shared.Next(1, 40), "push") },
            builderIds: [.. builderIds],
            priority: commit.Stamp.Branch == "main" ? 10 : 0,
            cancellationToken: stopping);
    }
}
