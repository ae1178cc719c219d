namespace BuildData.Samples.Dashboard;

/// <summary>Takes one build request after another, and replays the recording of its builder as a build.</summary>
internal sealed class ReplayWorker(DataApi data, Dictionary<long, Recording> builders, SharedLocks locks, string name)
{
    private readonly Updates _updates = data.Updates;

    public async Task Run(string host, CancellationToken stopping)
    {
        long workerId = await _updates.EnsureWorker(name, stopping);
        await _updates.WorkerConnected(workerId, cancellationToken: stopping);

        // Recordings of Windows can only be replayed there, and those of Linux only on Linux.
        long[] mine = [.. builders.Where(builder => builder.Value.Tags.Contains("windows") == (host == "windows")).Select(builder => builder.Key)];
        while (!stopping.IsCancellationRequested)
        {
            if (await _updates.StartNext(workerId, mine, stopping) is { } build)
                await RunBuild(build, builders[build.Request.BuilderId], stopping);
            else
                await data.WaitForNext(workerId, mine, stopping);
            await _updates.WorkerHeartbeat(workerId, CancellationToken.None);
        }
    }

    private async Task RunBuild(StartedBuild build, Recording recording, CancellationToken stopping)
    {
        // A button of the dashboard requests the cancellation. The token tells it.
        await using BuildCancellation cancellation = await data.CancellationOf(build.BuildId, CancellationToken.None);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation.Token, stopping);
        bool fails = Random.Shared.Next(100) < recording.FailureRate;
        double speed = 0.85 + (0.3 * Random.Shared.NextDouble());
        var results = BuildResult.Success;
        foreach (RecordedStep step in recording.Steps)
        {
            if (results > BuildResult.Warnings)
                break;
            await _updates.SetBuildStateString(build.BuildId, step.Name, CancellationToken.None);
            try
            {
                results = results.Worst(await RunStep(build.BuildId, step, speed, fails && step.CanFail, stop.Token));
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                results = stopping.IsCancellationRequested ? BuildResult.Retry : BuildResult.Cancelled;
            }
        }

        await Finish(build, recording, results);
    }

    private async Task<BuildResult> RunStep(long buildId, RecordedStep step, double speed, bool fails, CancellationToken stop)
    {
        AddedStep added = await _updates.NewStepFromTitle(buildId, step.Name, CancellationToken.None);
        BuildResult result = BuildResult.Cancelled;
        string state = "cancelled";
        SemaphoreSlim? shared = step.Lock is null ? null : locks.Find(step.Lock);
        bool isLocked = false;
        try
        {
            await _updates.StartStep(added.StepId, locksAcquired: shared is null, cancellationToken: CancellationToken.None);
            if (shared is not null)
            {
                await _updates.SetStepStateString(added.StepId, $"waits for the lock '{step.Lock}'", CancellationToken.None);
                await shared.WaitAsync(stop);
                isLocked = true;
                await _updates.SetStepLocksAcquiredAt(added.StepId, cancellationToken: CancellationToken.None);
            }

            await _updates.SetStepStateString(added.StepId, "runs", CancellationToken.None);
            await Print(added.StepId, step, speed, fails, stop);
            if (step.Link is not null)
                await _updates.AddStepUrl(added.StepId, "report", step.Link, CancellationToken.None);
            (result, state) = fails ? (BuildResult.Failure, "failed") : (BuildResult.Success, step.State);
            return result;
        }
        finally
        {
            if (isLocked)
                shared!.Release();
            await _updates.SetStepStateString(added.StepId, state, CancellationToken.None);
            await _updates.FinishStep(added.StepId, result, cancellationToken: CancellationToken.None);
        }
    }

    private async Task Print(long stepId, RecordedStep step, double speed, bool fails, CancellationToken stop)
    {
        await using StdioLogWriter log = await _updates.OpenStdioLogWriter(stepId, cancellationToken: CancellationToken.None);
        await log.Header.WriteLineAsync(step.Name.ToLowerInvariant());
        TimeSpan pause = TimeSpan.FromSeconds(step.Seconds * speed / (step.Log.Length + 1));
        foreach (string line in step.Log)
        {
            await Task.Delay(pause, stop);
            await log.Output.WriteLineAsync(line);
        }

        await Task.Delay(pause, stop);
        if (fails)
            await log.Error.WriteLineAsync(step.Error ?? "error: exit code 1");
        await log.Header.WriteLineAsync($"exit code {(fails ? 1 : 0)}");
    }

    private Task Finish(StartedBuild build, Recording recording, BuildResult results) => _updates.Transaction(async updates =>
    {
        await updates.SetBuildStateString(build.BuildId, results == BuildResult.Success ? "build successful" : $"{results}".ToLowerInvariant());
        await updates.FinishBuild(build.BuildId, results);
        if (results == BuildResult.Retry)
        {
            await updates.UnclaimBuildRequests([build.Request.BuildRequestId]);
            return;
        }

        if (await updates.CompleteBuildRequests([build.Request.BuildRequestId], results) is { Succeeded: false } refusal)
            throw new InvalidOperationException($"The build request was not completed: {refusal}");
        if (results == BuildResult.Success && recording.Triggers is { } triggered)
        {
            await updates.AddBuildset(
                scheduler: "after success", reason: $"after {recording.Builder} #{build.Number}", builderIds: [await updates.EnsureBuilder(triggered)], parentBuildId: build.BuildId, parentRelationship: "Triggered from", priority: 5);
        }
    });
}
