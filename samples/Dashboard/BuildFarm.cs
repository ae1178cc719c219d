namespace BuildData.Samples.Dashboard;

/// <summary>Runs the scheduler and the workers while the program runs.</summary>
internal sealed class BuildFarm(DataApi data, IReadOnlyList<Recording> recordings, SharedLocks locks, HistoryWriter history) : BackgroundService
{
    // Fewer workers than builds, so that requests wait.
    private static readonly (string Name, string Host)[] Workers = [("linux-1", "linux"), ("linux-2", "linux"), ("linux-3", "linux"), ("windows-1", "windows")];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Updates updates = data.Updates;
        var builders = new Dictionary<long, Recording>();
        foreach (Recording recording in recordings)
        {
            long id = await updates.EnsureBuilder(recording.Builder, stoppingToken);
            await updates.UpdateBuilderInfo(id, recording.Description, tags: recording.Tags, cancellationToken: stoppingToken);
            builders[id] = recording;
        }

        await history.WriteIfEmpty(builders, stoppingToken);
        await AddIdleWorkers(updates, stoppingToken);
        try
        {
            var scheduler = new PushScheduler(data, builders);
            await Task.WhenAll(
                [scheduler.Run(stoppingToken), .. Workers.Select(worker => new ReplayWorker(data, builders, locks, worker.Name).Run(worker.Host, stoppingToken))]);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The program stops.
        }
    }

    private static async Task AddIdleWorkers(Updates updates, CancellationToken cancellationToken)
    {
        long repaired = await updates.EnsureWorker("windows-2", cancellationToken);
        await updates.WorkerConnected(repaired, cancellationToken: cancellationToken);
        await updates.SetWorkerPaused(repaired, true, "its disk is replaced", cancellationToken);
        await updates.EnsureWorker("arm-1", cancellationToken);
    }
}
