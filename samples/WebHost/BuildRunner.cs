namespace BuildData.Samples.WebHost;

/// <summary>Records a simulated build now and then. When the program stops, the build that runs is cancelled and recorded as such.</summary>
internal sealed class BuildRunner(Updates updates, IConfiguration configuration, ILogger<BuildRunner> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long builderId = await updates.FindBuilderId("linux/x64", stoppingToken);
        long workerId = await updates.FindWorkerId("worker-1", stoppingToken);
        using var timer = new PeriodicTimer(configuration.GetValue<TimeSpan>("BuildInterval"));
        do
            await RunBuild(builderId, workerId, stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    // The updates have no token of the program's end. So no build stays unfinished.
    private async Task RunBuild(long builderId, long workerId, CancellationToken stoppingToken)
    {
        AddedBuildset added = await updates.AddBuildset("timer", builderIds: [builderId], cancellationToken: CancellationToken.None);
        long requestId = added.BuildRequestIds[builderId];
        if (!await updates.ClaimBuildRequests([requestId], cancellationToken: CancellationToken.None))
            return;

        AddedBuild build = await updates.AddBuild(builderId, requestId, workerId, CancellationToken.None);
        AddedStep step = await updates.NewStep(build.BuildId, "compile", CancellationToken.None);
        await updates.StartStep(step.StepId, cancellationToken: CancellationToken.None);
        BuildResult result = await Compile(stoppingToken);
        await updates.FinishStep(step.StepId, result, cancellationToken: CancellationToken.None);
        await updates.FinishBuild(build.BuildId, result, CancellationToken.None);
        if (!await updates.CompleteBuildRequests([requestId], result, cancellationToken: CancellationToken.None))
            Log.RequestNotCompleted(logger, requestId);
    }

    private async Task<BuildResult> Compile(CancellationToken stoppingToken)
    {
        await Task.Delay(configuration.GetValue<TimeSpan>("BuildDuration"), stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return stoppingToken.IsCancellationRequested ? BuildResult.Cancelled : BuildResult.Success;
    }
}
