namespace BuildData.Torture.Soak.Lanes;

/// <summary>Reads the lines of new logs in all ways. Some are left in the middle, or cancelled while they wait.</summary>
internal sealed class LogReaderLane : Lane
{
    public override string Name => "readers of logs";

    protected override async Task Act(SoakWorld world, Random random, CancellationToken end)
    {
        if (world.Newest is not { } ids)
            return;
        try
        {
            await Read(world, random, ids, end);
        }
        catch (Exception error) when (error is LogContentRemovedException or ResourceNotFoundException)
        {
            world.Run.Count("logs that were gone");
        }
    }

    private static async Task Read(SoakWorld world, Random random, NewestIds ids, CancellationToken end)
    {
        LogReader logs = world.Data.Logs;
        int most = random.Next(1, 200);
        switch (random.Next(5))
        {
            case 0:
                await Take(logs.Lines(ids.LogId, cancellationToken: end), most);
                break;
            case 1:
                await logs.Last(ids.LogId, most, end);
                break;
            case 2:
                await Take(logs.Search(ids.LogId, "aa", cancellationToken: end), most);
                break;
            case 3:
                await using (RawLogStream raw = await logs.OpenRaw(ids.LogId, cancellationToken: end))
                    await raw.ReadAtLeastAsync(new byte[most * 50], most * 50, throwOnEndOfStream: false, end);
                break;
            default:
                await TailNewestLog(world, random, ids, end);
                break;
        }
    }

    /// <summary>Follows the log of the newest step, which is unfinished most of the time, and gives up after a while.</summary>
    private static async Task TailNewestLog(SoakWorld world, Random random, NewestIds ids, CancellationToken end)
    {
        ResourceList<StepLog> unfinished = await world.Data.GetAll<StepLog>($"/steps/{ids.StepId + 1}/logs?complete=no", cancellationToken: end);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(end);
        patience.CancelAfter(random.Next(1, 10) * world.Settings.Pause);
        try
        {
            await Take(world.Data.Logs.Tail(unfinished.Count > 0 ? unfinished[0].LogId : ids.LogId, cancellationToken: patience.Token), 1000);
        }
        catch (OperationCanceledException) when (!end.IsCancellationRequested)
        {
            world.Run.Count("tails that were cancelled");
        }
    }

    private static async Task Take<T>(IAsyncEnumerable<T> lines, int most)
    {
        await foreach (T _ in lines)
        {
            if (--most == 0)
                return;
        }
    }
}
