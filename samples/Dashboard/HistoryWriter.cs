namespace BuildData.Samples.Dashboard;

/// <summary>Adds builds of the last days to an empty database. The update methods accept the times at which things happened.</summary>
internal sealed class HistoryWriter(DataApi data, TimeProvider clock)
{
    private const int BuildsPerBuilder = 100;
    private const int BuildsWithLogs = 5;
    private static readonly TimeSpan Age = TimeSpan.FromDays(6);
    private static readonly string[] LinuxWorkers = ["linux-1", "linux-2", "linux-3"];
    private static readonly string[] WindowsWorkers = ["windows-1", "windows-2"];

    // The same history on each machine.
    private readonly Random _random = new(20_261_127);

    public async Task WriteIfEmpty(Dictionary<long, Recording> builders, CancellationToken cancellationToken)
    {
        if (await data.Count<Build>("/builds/newest", cancellationToken: cancellationToken) > 0)
            return;

        DateTimeOffset now = clock.GetUtcNow();
        IEnumerable<(DateTimeOffset At, long Builder, int Index)> builds =
            from builder in builders.Keys
            from index in Enumerable.Range(0, BuildsPerBuilder)
            select (now - (Age * (1 - ((index + _random.NextDouble()) / (BuildsPerBuilder + 1)))), builder, index);
        foreach ((DateTimeOffset at, long builder, int index) in builds.OrderBy(build => build.At))
            await data.Updates.Transaction(updates => WriteBuild(updates, builder, builders[builder], at, index), cancellationToken);
    }

    private async Task WriteBuild(Updates updates, long builderId, Recording recording, DateTimeOffset submitted, int index)
    {
        Commit commit = Commit.Next(_random);
        AddedBuildset set = await updates.AddBuildset(
            "push", [commit.Stamp], commit.Message, new() { ["owner"] = (commit.Author, "push"), ["branch"] = (commit.Stamp.Branch, "push") }, [builderId], submittedAt: submitted);
        long requestId = set.BuildRequestIds[builderId];
        string worker = _random.GetItems(recording.Tags.Contains("windows") ? WindowsWorkers : LinuxWorkers, 1)[0];

        // Queues are long now and then.
        DateTimeOffset started = submitted.AddSeconds(2 + (Math.Pow(_random.NextDouble(), 4) * 120));
        // Nobody else knows the request yet, so it can be claimed and completed.
        _ = await updates.ClaimBuildRequests([requestId], started);
        AddedBuild build = await updates.AddBuild(builderId, requestId, await updates.EnsureWorker(worker), started);

        // Builds become slower over the weeks, until somebody makes them faster again.
        double speed = (index < 70 ? 0.95 + (index / 200.0) : 0.85) * (0.88 + (0.24 * _random.NextDouble()));
        bool fails = _random.Next(100) < recording.FailureRate;
        BuildResult results = _random.Next(60) == 0 ? BuildResult.Cancelled : BuildResult.Success;
        DateTimeOffset now = started.AddMilliseconds(300);
        foreach (RecordedStep step in recording.Steps)
        {
            BuildResult result = fails && step.CanFail ? BuildResult.Failure : results;
            now = await WriteStep(updates, build.BuildId, step, now, speed, result, withLog: index >= BuildsPerBuilder - BuildsWithLogs);
            results = result;
            if (results != BuildResult.Success)
                break;
        }

        await updates.SetBuildStateString(build.BuildId, results == BuildResult.Success ? "build successful" : $"{results}".ToLowerInvariant());
        await updates.FinishBuild(build.BuildId, results, now);
        _ = await updates.CompleteBuildRequests([requestId], results, now);
    }

    private async Task<DateTimeOffset> WriteStep(Updates updates, long buildId, RecordedStep recorded, DateTimeOffset started, double speed, BuildResult result, bool withLog)
    {
        AddedStep step = await updates.NewStepFromTitle(buildId, recorded.Name);
        await updates.StartStep(step.StepId, started, locksAcquired: recorded.Lock is null);
        DateTimeOffset unlocked = started;
        if (recorded.Lock is not null)
        {
            unlocked = started.AddSeconds(_random.NextDouble() * 14);
            await updates.SetStepLocksAcquiredAt(step.StepId, unlocked);
        }

        if (withLog)
        {
            AddedLog log = await updates.AddLog(step.StepId, "stdio", LogType.Stdio);
            IEnumerable<string> lines = recorded.Log.Select(line => $"o{line}\n");
            await updates.AppendLog(log.LogId, $"h{recorded.Name}\n" + string.Concat(lines) + (result == BuildResult.Failure ? $"e{recorded.Error ?? "error: exit code 1"}\n" : ""));
            await updates.FinishLog(log.LogId);
        }

        if (recorded.Link is not null)
            await updates.AddStepUrl(step.StepId, "report", recorded.Link);
        await updates.SetStepStateString(step.StepId, result == BuildResult.Success ? recorded.State : $"{result}".ToLowerInvariant());
        DateTimeOffset ended = unlocked.AddSeconds(recorded.Seconds * speed * (0.9 + (0.2 * _random.NextDouble())));
        await updates.FinishStep(step.StepId, result, completeAt: ended);
        return ended.AddMilliseconds(200);
    }
}
