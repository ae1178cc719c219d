using BuildData.Torture.Running;

namespace BuildData.Torture.Followers;

/// <summary>
/// Subscribes, reads at times slowly, leaves, and resumes with the cursor of its last event: after it has left, lagged, or the master was
/// disposed.
/// </summary>
/// <param name="run">The run, for its figures.</param>
/// <param name="random">The random numbers.</param>
/// <param name="plan">What it subscribes to.</param>
internal sealed class SubscriptionFollower(CheckRun run, Random random, SubscriptionPlan plan) : IFollower
{
    private const int MostEventsBeforeItLeaves = 60;
    private const int MostCallsItWaits = 120;

    private readonly List<ReceivedSegment> _segments = [];

    /// <summary>Gets or sets what is done with an event that has arrived; false drops it. Only tests of the check use it.</summary>
    public Func<ReceivedEvent, bool> Accepts { get; set; } = _ => true;

    public string Describe() => $"{plan}: {_segments.LastOrDefault()}";

    public async Task Follow(Sitting sitting)
    {
        while (!sitting.IsClosing)
        {
            try
            {
                if (await FollowOnce(sitting) == FollowEnd.Arrived)
                {
                    Compare(await sitting.Quiet);
                    return;
                }
            }
            catch (ObjectDisposedException) when (sitting.IsClosing)
            {
                return;
            }
        }
    }

    private async Task<FollowEnd> FollowOnce(Sitting sitting)
    {
        Master master = sitting.Choose(random);
        IAsyncEnumerable<ReceivedEvent> stream = await Begin(sitting, master.Data.Events);
        int before = _segments[^1].Count;
        try
        {
            FollowEnd end = await FollowLoop.Read(
                stream, sitting, random.Next(3) == 0 ? random.Next(1, MostEventsBeforeItLeaves) : int.MaxValue, e => Receive(sitting, e),
                quiet => ValueTask.FromResult(_segments[^1].HasArrived(quiet.Events)));
            if (end == FollowEnd.StreamEnded && !sitting.IsClosing)
                throw new ViolationException($"{plan} ended without an exception, though its master is not disposed.");
            run.Count($"subscriptions that {(end == FollowEnd.Left ? "left" : end == FollowEnd.Arrived ? "arrived" : "ended with the master")}");
            return end;
        }
        catch (SubscriberLaggedException lag)
        {
            Resume(lag, before);
        }
        catch (CursorExpiredException expired)
        {
            await BeginAgain(expired, sitting, before);
        }
        catch (Exception error) when (error is not (ViolationException or ObjectDisposedException))
        {
            throw sitting.Unexpected(plan.ToString(), error);
        }

        return FollowEnd.Left;
    }

    /// <summary>Resumes where it was, or begins, at first and at times also later, with what is committed from now on.</summary>
    private async Task<IAsyncEnumerable<ReceivedEvent>> Begin(Sitting sitting, EventHub events)
    {
        if (_segments.Count > 0 && random.Next(12) > 0)
        {
            // A number alone works too, as long as the history is the same.
            EventCursor cursor = _segments[^1].Cursor;
            return plan.Subscribe(events, random.Next(4) == 0 ? cursor.Sequence : cursor);
        }

        EventCursor last = events.LastCursor;
        IAsyncEnumerable<ReceivedEvent> stream = plan.Subscribe(events, after: null);

        // If several masters write, an event that was committed before is not received, even if an earlier one of another master still is.
        _segments.Add(new ReceivedSegment(plan, last, sitting.Masters.Count == 1 ? events.LastSequence : await sitting.Records.ReadNewest()));
        return stream;
    }

    private async ValueTask Receive(Sitting sitting, ReceivedEvent e)
    {
        if (Accepts(e))
            _segments[^1].Add(e);
        run.Count("events that subscriptions received");
        if (random.Next(30) == 0)
            await sitting.Progress.After(random.Next(1, MostCallsItWaits));
    }

    private void Resume(SubscriberLaggedException lag, int before)
    {
        run.Count("subscriptions that lagged");
        ReceivedSegment segment = _segments[^1];
        if (segment.Count > before && lag.Cursor.Sequence != segment.Cursor.Sequence)
            throw new ViolationException($"{plan} lagged after the event {segment.Cursor}, but the exception carries {lag.Cursor}.");

        // It has delivered nothing, so the exception says where it began. An own segment shows whether nothing was missed since then.
        if (segment.Count == before)
            _segments.Add(new ReceivedSegment(plan, lag.Cursor, lag.Cursor.Sequence));
    }

    private async Task BeginAgain(CursorExpiredException expired, Sitting sitting, int before)
    {
        run.Count("subscriptions whose cursor had expired");
        ReceivedSegment segment = _segments[^1];
        if (segment.Count > before)
            run.Count("subscriptions whose cursor expired while they read old events");
        long oldest = await sitting.Records.ReadOldest();
        if (oldest <= expired.After)
            throw new ViolationException($"{plan} can't resume after {segment.Cursor}, though all events after {expired.After} are kept, from {oldest} on: {expired}");

        // It may have read further events that it does not deliver.
        if (expired.After < segment.Cursor.Sequence)
            throw new ViolationException($"{plan} can't resume after {segment.Cursor}, but the exception carries {expired.After}.");
        _segments.Add(new ReceivedSegment(plan, expired.Earliest, expired.Earliest));
    }

    private void Compare(QuietState quiet)
    {
        foreach (ReceivedSegment segment in _segments)
        {
            if (segment.FindDifference(quiet.Events) is { } difference)
                throw new ViolationException($"{plan} has not received what was committed. {difference}");
        }

        EventCursor cursor = _segments[^1].Cursor;
        _segments.Clear();
        _segments.Add(new ReceivedSegment(plan, cursor, cursor.Sequence));
    }
}
