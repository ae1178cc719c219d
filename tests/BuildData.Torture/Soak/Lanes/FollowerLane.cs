using BuildData.Torture.Examination;
using BuildData.Torture.Running;

namespace BuildData.Torture.Soak.Lanes;

/// <summary>
/// Follows all events from the first one to the last one, in many subscriptions, each of which resumes where the one before it ended. At the
/// end, what the events have left must be what is stored.
/// </summary>
internal sealed class FollowerLane : Lane
{
    private const int MostComparisons = 5;

    private readonly EventFold _fold = new();
    private EventCursor _cursor = 0;

    public override string Name => "resumed subscriptions";

    /// <summary>Compares the events with what is stored. All other lanes have ended.</summary>
    /// <remarks>
    /// The master still removes old builds and the lines of old logs in the background, perhaps between the last event and the query. So a
    /// difference counts only if it remains.
    /// </remarks>
    /// <returns>How they differ; null if they agree.</returns>
    public async Task<string?> FindDifference(SoakWorld world)
    {
        string? difference = null;
        for (int i = 0; i < MostComparisons && (i == 0 || difference is not null); i++)
        {
            await FollowToEnd(world);
            difference = await EventExamination.FindDifference(_fold, world.Data);
        }

        return difference;
    }

    protected override async Task Act(SoakWorld world, Random random, CancellationToken end)
    {
        int left = random.Next(1, 1000);
        await Follow(world, _ => --left == 0, end);
    }

    private async Task FollowToEnd(SoakWorld world)
    {
        AddedBuildset last = await world.Updates.AddBuildset(reason: EventExamination.Reason);
        bool isEnd = false;
        while (!isEnd)
            await Follow(world, e => isEnd = e is { Name: "complete", Resource: Buildset buildset } && buildset.BuildsetId == last.BuildsetId, CancellationToken.None);
    }

    private async Task Follow(SoakWorld world, Func<DataEvent, bool> isEnough, CancellationToken end)
    {
        try
        {
            await using Subscription subscription = world.Data.Events.Subscribe(EventExamination.Everything, after: _cursor);
            await foreach (DataEvent e in subscription.WithCancellation(end))
            {
                if (e.Sequence <= _cursor.Sequence)
                    throw new ViolationException($"The event {e.Sequence} follows the event {_cursor.Sequence}.");
                _fold.Apply(e);
                _cursor = e.Cursor;
                if (isEnough(e))
                    return;
            }
        }
        catch (SubscriberLaggedException)
        {
            world.Run.Count("subscriptions that lagged");
        }
    }
}
