namespace BuildData.Torture.PowerCut.Load;

/// <summary>A caller of all kinds of updates. It works on builds of its own, on builders and workers that all callers share.</summary>
internal sealed class LoadCaller(Master master, Acknowledgements acknowledgements, Random random, int number, bool isAlone)
{
    private const int Builders = 4;
    private const int Workers = 3;

    private readonly Updates _updates = master.Data.Updates;

    /// <summary>Adds a buildset and runs a build of it, or does something rare.</summary>
    public async Task Work()
    {
        try
        {
            await DoWork();
        }
        catch (ResourceNotFoundException)
        {
            // Another caller has removed old history.
        }
    }

    private Task DoWork() => random.Next(100) switch
    {
        < 70 => RunBuild(),
        < 80 => UpdateWorker(),
        < 85 => UpdateBuilder(),
        < 90 => CancelRequest(),
        < 93 => FailInTransaction(),
        < 96 => UpdateLists(),
        < 98 => Prune(),
        _ => RestartMaster(),
    };

    private async Task RunBuild()
    {
        long builder = await Do(_updates.FindBuilderId($"builder {random.Next(Builders)}"));
        long worker = await Do(_updates.FindWorkerId($"worker-{random.Next(Workers)}"));
        AddedBuildset set = await AddBuildset(builder);
        (long build, long request)? started = await Start(builder, worker, set.BuildRequestIds[builder]);
        if (started is not { } running)
            return;

        await Do(_updates.SetBuildProperty(running.build, "revision", (random.Next(), "Git")));
        await Do(_updates.SetBuildStateString(running.build, "running"));
        for (int i = random.Next(4); i > 0; i--)
            await RunStep(running.build);
        await Finish(running.build, running.request);
        if (random.Next(8) == 0)
            await Do(_updates.Rebuild(running.build, priority: random.Next(3)));
    }

    private Task<AddedBuildset> AddBuildset(long builder) =>
        Do(_updates.AddBuildset(
            scheduler: $"caller {number}",
            sourceStamps: [new SourceStampKey { Codebase = "app", Revision = $"r{random.Next(20)}", Branch = "main" }],
            reason: new string('r', random.Next(300)),
            properties: new() { ["owner"] = ("ann", "Scheduler"), ["clean"] = (random.Next(2) == 0, "Scheduler") },
            builderIds: [builder],
            waitedFor: random.Next(2) == 0,
            priority: random.Next(3)));

    private async Task<(long Build, long Request)?> Start(long builder, long worker, long request)
    {
        switch (random.Next(3))
        {
            case 0:
                StartedBuild? next = await Do(_updates.StartNext(worker, [builder]));
                return next is null ? null : (next.BuildId, next.Request.BuildRequestId);
            case 1:
                BuildRequest? claimed = await Do(_updates.ClaimNext([builder]));
                return claimed is null ? null : await AddBuild(builder, claimed.BuildRequestId, worker);
            default:
                if (!await Do(_updates.ClaimBuildRequests([request])))
                    return null;
                if (random.Next(6) != 0)
                    return await AddBuild(builder, request, worker);
                await Do(_updates.UnclaimBuildRequests([request]));
                return null;
        }
    }

    private async Task<(long Build, long Request)> AddBuild(long builder, long request, long worker) =>
        ((await Do(_updates.AddBuild(builder, request, worker))).BuildId, request);

    private async Task RunStep(long build)
    {
        if (random.Next(3) == 0)
        {
            await Do(_updates.Transaction(async updates =>
            {
                AddedStep done = await updates.NewStep(build, "checkout");
                await updates.StartStep(done.StepId, locksAcquired: true);
                await updates.SetStepStateString(done.StepId, "done");
                await updates.FinishStep(done.StepId, BuildResult.Success);
            }));
            return;
        }

        AddedStep step = await Do(_updates.NewStep(build, "compile"));
        await Do(_updates.StartStep(step.StepId));
        await Do(_updates.AddStepUrl(step.StepId, "log", $"https://example.org/{step.StepId}"));
        await (random.Next(2) == 0 ? AppendLog(step.StepId) : WriteLog(step.StepId));
        await Do(_updates.FinishStep(step.StepId, (BuildResult)random.Next(3), hidden: random.Next(2) == 0));
    }

    private async Task AppendLog(long step)
    {
        bool isStdio = random.Next(2) == 0;
        AddedLog log = await Do(_updates.AddLog(step, "stdio", isStdio ? LogType.Stdio : LogType.Text));
        long lines = 0;
        for (int i = random.Next(5); i > 0; i--)
        {
            int count = random.Next(1, 40);
            await Do(_updates.AppendLog(log.LogId, string.Concat(Enumerable.Range(0, count).Select(line => $"{(isStdio ? "o" : "")}{LogText.Line(log.LogId, lines + line)}\n"))));
            acknowledgements.AcknowledgeLines(log.LogId, lines += count);
        }

        if (random.Next(5) != 0)
            await Do(_updates.FinishLog(log.LogId));
    }

    private async Task WriteLog(long step)
    {
        var options = new LogWriterOptions { BatchSize = random.Next(100, 20_000), BatchTime = TimeSpan.FromMilliseconds(random.Next(1, 20)) };
        LogWriter writer = await Do(_updates.OpenLogWriter(step, "compile", options: options));
        long lines = 0;
        for (int i = random.Next(200); i > 0; i--)
        {
            await writer.WriteLineAsync(LogText.Line(writer.LogId, lines++));
            if (random.Next(40) != 0)
                continue;
            await writer.FlushAsync();
            acknowledgements.AcknowledgeLines(writer.LogId, lines);
            acknowledgements.Acknowledge(master);
        }

        await writer.DisposeAsync();
        acknowledgements.AcknowledgeLines(writer.LogId, lines);
        acknowledgements.Acknowledge(master);
    }

    private async Task Finish(long build, long request)
    {
        var results = (BuildResult)random.Next(3);
        if (random.Next(2) == 0)
        {
            await Do(_updates.Transaction(async updates =>
            {
                await updates.SetBuildProperty(build, "done", (true, "caller"));
                await updates.FinishBuild(build, results);
                await updates.CompleteBuildRequests([request], results);
            }));
            return;
        }

        await Do(_updates.AddBuildLocksDuration(build, random.Next(5)));
        await Do(_updates.FinishBuild(build, results));
        await Do(_updates.CompleteBuildRequests([request], results));
    }

    private async Task UpdateWorker()
    {
        long worker = await Do(_updates.FindWorkerId($"worker-{random.Next(Workers)}"));
        long builder = await Do(_updates.FindBuilderId($"builder {random.Next(Builders)}"));
        await Do(_updates.WorkerConfigured(worker, random.Next(3) == 0 ? [] : [builder]));
        await Do(_updates.WorkerConnected(worker, WorkerInfo.Empty));
        await Do(_updates.WorkerHeartbeat(worker));
        await Do(_updates.SetWorkerPaused(worker, random.Next(2) == 0, "because"));
        await Do(_updates.SetWorkerGraceful(worker, random.Next(2) == 0));
        if (random.Next(2) == 0)
            await Do(_updates.WorkerDisconnected(worker));
        else
            await Do(_updates.WorkerMissing(worker, "yesterday", ["ann"]));
    }

    private async Task UpdateBuilder()
    {
        long builder = await Do(_updates.FindBuilderId($"builder {random.Next(Builders)}"));
        await Do(_updates.UpdateBuilderInfo(builder, new string('d', random.Next(2000)), tags: [$"tag{random.Next(9)}", "all"]));
        long other = await Do(_updates.EnsureBuilder($"short-lived {number}"));
        await Do(_updates.RenameBuilder(other, $"renamed {number} {random.Next()}"));
        await Do(_updates.RemoveBuilder(other));
    }

    private async Task CancelRequest()
    {
        long builder = await Do(_updates.FindBuilderId($"builder {random.Next(Builders)}"));
        AddedBuildset set = await AddBuildset(builder);
        if (random.Next(2) == 0)
            await Do(_updates.CancelBuildset(set.BuildsetId, "not needed"));
        else
            await Do(_updates.CancelBuildRequests([set.BuildRequestIds[builder]], "not needed"));
    }

    private async Task FailInTransaction()
    {
        try
        {
            await _updates.Transaction(async updates =>
            {
                long builder = await updates.FindBuilderId("never");
                await updates.AddBuildset(reason: "never", builderIds: [builder]);
                throw new ArithmeticException();
            });
        }
        catch (ArithmeticException)
        {
            // The exception is expected: the transaction must be undone.
        }
    }

    private async Task UpdateLists()
    {
        await Do(_updates.UpdateBuilderList([.. Enumerable.Range(0, Builders).Where(_ => random.Next(2) == 0).Select(i => $"builder {i}")]));
        if (random.Next(4) == 0)
            await Do(_updates.DeconfigureAllWorkersForMaster());
    }

    private Task<PruneResult> Prune() => Do(_updates.Prune(new HistoryPolicy(TimeSpan.FromMilliseconds(1), atLeastPerBuilder: 3)));

    private async Task RestartMaster()
    {
        // The housekeeping ends the builds and logs of other callers too.
        if (!isAlone)
            return;
        await Do(_updates.MasterStopped());
        await Do(_updates.MasterActive());
    }

    private async Task<T> Do<T>(Task<T> update)
    {
        T result = await update;
        acknowledgements.Acknowledge(master);
        return result;
    }

    private async Task Do(Task update)
    {
        await update;
        acknowledgements.Acknowledge(master);
    }
}
