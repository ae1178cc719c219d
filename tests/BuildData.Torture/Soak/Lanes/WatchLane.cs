namespace BuildData.Torture.Soak.Lanes;

/// <summary>Watches queries and waits for events. Some end by themselves, most are cancelled.</summary>
internal sealed class WatchLane : Lane
{
    public override string Name => "watches";

    protected override async Task Act(SoakWorld world, Random random, CancellationToken end)
    {
        if (world.Newest is not { } ids)
            return;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(end);
        patience.CancelAfter(random.Next(1, 10) * world.Settings.Pause);
        try
        {
            await Watch(world, random, ids, patience.Token);
        }
        catch (OperationCanceledException) when (!end.IsCancellationRequested)
        {
            world.Run.Count("watches that were cancelled");
        }
        catch (Exception error) when (error is TimeoutException or ResourceNotFoundException)
        {
            world.Run.Count("waits in vain");
        }
    }

    private static async Task Watch(SoakWorld world, Random random, NewestIds ids, CancellationToken patience)
    {
        DataApi data = world.Data;
        int changes = random.Next(1, 50);
        switch (random.Next(6))
        {
            case 0:
                await using (Watch<Build> builds = await data.Watch<Build>("/builds?complete=no", cancellationToken: patience))
                    await Take(builds, changes, patience);
                break;
            case 1:
                await using (Watch<Step> steps = await data.Watch<Step>($"/builds/{ids.BuildId}/steps", cancellationToken: patience))
                    await Take(steps, changes, patience);
                break;
            case 2:
                await using (CombinedWatch all = await data.Watch([$"/builders/{ids.BuilderId}", "/buildrequests?complete=no", "/workers"], patience))
                    await Take(all, changes, patience);
                break;
            case 3:
                // This one is never read.
                await (await data.Watch<Buildset>("/buildsets?complete=no", cancellationToken: patience)).DisposeAsync();
                break;
            case 4:
                await data.WaitFor<Build>($"/builds/{ids.BuildId + random.Next(3)}", "finished", 4 * world.Settings.Pause, patience);
                break;
            default:
                await using (BuildCancellation cancellation = await data.CancellationOf(ids.BuildId, patience))
                    await data.WaitForNext([ids.BuilderId], patience);
                break;
        }
    }

    private static async Task Take<T>(IAsyncEnumerable<T> changes, int most, CancellationToken patience)
    {
        await foreach (T _ in changes.WithCancellation(patience))
        {
            if (--most == 0)
                return;
        }
    }
}
