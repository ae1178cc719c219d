namespace BuildData.Samples.WebHost;

/// <summary>Records a simulated build now and then. When the program stops, the build that runs is cancelled and recorded as such.</summary>
internal sealed class BuildRunner(Updates updates, IConfiguration configuration, ILogger<BuildRunner> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long builderId = await updates.EnsureBuilder("linux/x64", stoppingToken);
        long workerId = await updates.EnsureWorker("worker-1", stoppingToken);
        using var timer = new PeriodicTimer(configuration.GetValue<TimeSpan>("BuildInterval"));
        do
            await RunBuild(builderId, workerId, () => Compile(stoppingToken));
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    // When the program stops, the compilation is cancelled, but not the updates. So no build stays unfinished.
    private async Task RunBuild(long builderId, long workerId, Func<Task<BuildResult>> compile)
    {
        AddedBuildset added = await updates.AddBuildset("timer", builderIds: [builderId]);
        long requestId = added.BuildRequestIds[builderId];
        if (!await updates.ClaimBuildRequests([requestId]))
            return;

        AddedBuild build = await updates.AddBuild(builderId, requestId, workerId);
        AddedStep step = await updates.NewStep(build.BuildId, "compile");
        await updates.StartStep(step.StepId);
        BuildResult result = await compile();
        await updates.FinishStep(step.StepId, result);
        await updates.FinishBuild(build.BuildId, result);
        if (!await updates.CompleteBuildRequests([requestId], result))
            Log.RequestNotCompleted(logger, requestId);
    }

    private async Task<BuildResult> Compile(CancellationToken stoppingToken)
    {
        await Task.Delay(configuration.GetValue<TimeSpan>("BuildDuration"), stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return stoppingToken.IsCancellationRequested ? BuildResult.Cancelled : BuildResult.Success;
    }
}
