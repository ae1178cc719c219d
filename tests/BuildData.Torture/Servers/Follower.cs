using BuildData.Torture.Examination;
using BuildData.Torture.Running;

namespace BuildData.Torture.Servers;

/// <summary>
/// Follows everything, and resumes with its cursor after errors and at random moments, as the documentation describes.
/// </summary>
internal sealed class Follower : IAsyncDisposable
{
    private const int MostEventsOfSubscription = 400;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly Master _master;
    private readonly Random _random;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Task _running;
    private List<FollowedEvent> _events = [];
    private List<FollowedEvent> _lost = [];
    private int _losses;

    private Follower(Master master, int seed)
    {
        (_master, _random) = (master, new Random(seed));
        _running = Task.Run(Run);
    }

    /// <summary>Gets what it has received since it began, or began again.</summary>
    public FollowedEvent[] Events
    {
        get
        {
            lock (_lock)
                return [.. _events];
        }
    }

    /// <summary>Gets what it had received when it was last told that events are lost.</summary>
    public FollowedEvent[] Lost
    {
        get
        {
            lock (_lock)
                return [.. _lost];
        }
    }

    /// <summary>Gets how often it was told that events are lost.</summary>
    public int Losses => Volatile.Read(ref _losses);

    /// <summary>Gets a task that ends early only if the follower has failed.</summary>
    public Task Running => _running;

    /// <summary>Starts to follow with the first kept event.</summary>
    public static Follower Start(Master master, int seed) => new(master, seed);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task Run()
    {
        EventCursor cursor = 0;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                cursor = await Follow(cursor);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (EventsLostException)
            {
                // What it follows is read again, here with all events.
                StartAgain();
                cursor = 0;
            }
            catch (Exception error) when (error is StoreException or SubscriberLaggedException)
            {
                lock (_lock)
                    cursor = _events.Count == 0 ? 0 : _events[^1].Cursor;
                await Task.Delay(Pause, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception error) when (error is not ViolationException)
            {
                throw new ViolationException($"A subscription ended with an exception that the library does not document: {error}");
            }
        }
    }

    private async Task<EventCursor> Follow(EventCursor cursor)
    {
        int left = _random.Next(1, MostEventsOfSubscription);
        await using Subscription subscription = _master.Data.Events.Subscribe(EventExamination.Everything, after: cursor);
        await foreach (DataEvent e in subscription.WithCancellation(_stop.Token))
        {
            lock (_lock)
                _events.Add(new FollowedEvent(e.Sequence, e.Cursor, e.Path, e.Name));
            cursor = e.Cursor;
            if (--left == 0)
                break;
        }

        return cursor;
    }

    private void StartAgain()
    {
        lock (_lock)
            (_lost, _events) = (_events, []);
        Interlocked.Increment(ref _losses);
    }
}

/// <summary>An event that a follower has received.</summary>
internal sealed record FollowedEvent(long Sequence, EventCursor Cursor, string Path, string Name);
