namespace BuildData.Torture.Soak.Lanes;

/// <summary>Subscribes, reads for a while, and ends in one of the ways in which subscribers end.</summary>
internal sealed class SubscriberLane : Lane
{
    private static readonly string[][] Patterns = [["/builds/*"], ["/builds/*/steps/*", "/buildsets/*"], ["/steps/*"], ["/logs/*"], ["/builders/1/builds/*", "/workers/*"], ["/builds/999999999"]];

    public override string Name => "subscriptions";

    protected override async Task Act(SoakWorld world, Random random, CancellationToken end)
    {
        string[] patterns = Patterns[random.Next(Patterns.Length)];
        EventHub events = world.Data.Events;
        switch (random.Next(6))
        {
            case 0:
                await Read(world, random, events.Subscribe(patterns), end);
                break;
            case 1:
                // Not every program remembers its cursor. The last one has surely not expired.
                await Read(world, random, events.Subscribe(patterns, after: events.LastCursor), end);
                break;
            case 2:
                await using (events.Subscribe(patterns).Handle((_, _) => Task.CompletedTask))
                    await world.Pause(random, 2, end);
                break;
            case 3:
                await using (Subscription polled = events.Subscribe(patterns))
                {
                    await world.Pause(random, 2, end);
                    polled.ReadAvailable();
                }

                break;
            case 4:
                // Nobody reads this one.
                await events.Subscribe(patterns).DisposeAsync();
                break;
            default:
                // Nobody reads or disposes this one. Its buffer is bounded: when it is full, the library lets go of it.
                if (patterns is not ["/builds/999999999"] and not ["/builders/1/builds/*", ..])
                    events.Subscribe(patterns);
                break;
        }
    }

    /// <summary>Reads until it has enough, or is cancelled while it waits.</summary>
    private static async Task Read(SoakWorld world, Random random, Subscription subscription, CancellationToken end)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(end);
        patience.CancelAfter(random.Next(1, 8) * world.Settings.Pause);
        int left = random.Next(1, 100);
        try
        {
            await foreach (DataEvent _ in subscription.WithCancellation(patience.Token))
            {
                if (--left == 0)
                    return;
            }
        }
        catch (OperationCanceledException) when (!end.IsCancellationRequested)
        {
            world.Run.Count("subscriptions that were cancelled");
        }
    }
}
