using BuildData.AspNetCore.Dashboard.Pages;
using BuildData.AspNetCore.Diagnostics;
using Microsoft.Extensions.Logging;

namespace BuildData.AspNetCore.Dashboard.Live;

/// <summary>Keeps the state of a page up to date while somebody views it. All viewers share one subscription and one read.</summary>
/// <remarks>
/// <para>After an event, the page is read again: at once if it was quiet before, and otherwise at most four times a second. If a read takes long, the
/// pause after it is longer too, so that a page never needs more than a fifth of a processor.</para>
/// <para>A viewer that is slow skips states. It compares the newest state with the last that it has sent, so there are no queues.</para>
/// </remarks>
internal sealed class LivePage(DashboardPage page, DashboardReader reader, TimeProvider clock, ILogger logger) : IAsyncDisposable
{
    private const int PausePerReadTime = 4;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ReadOnlyInterval = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PageState? _state;
    private bool _isGone;
    private bool _hasEnded;
    private Task _running = Task.CompletedTask;

    public DashboardPage Page => page;

    /// <summary>Gets or sets how many viewers there are. <see cref="LivePages"/> guards it.</summary>
    public int ViewerCount { get; set; }

    /// <summary>Starts to read the page.</summary>
    public void Start()
    {
        // The page outlives the request of its first viewer, so it must not run in the context of that request.
        using (ExecutionContext.SuppressFlow())
            _running = Run(_stopping.Token);
    }

    /// <summary>Stops to read the page.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>Returns the state now, and a task that completes at the next change.</summary>
    public View Look()
    {
        lock (_lock)
            return new View(_state, _isGone, _hasEnded, _changed.Task);
    }

    private async Task Run(CancellationToken stopping)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (await FollowUntilLagged(stopping).ConfigureAwait(false))
            {
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Nobody views the page any more.
        }
        catch (ObjectDisposedException)
        {
            // The program stops.
        }
        catch (Exception e)
        {
            // The viewers connect again after some time. Then the page is read anew.
            logger.PageFailed(e, page);
        }
        finally
        {
            Publish(null, isGone: false, hasEnded: true);
        }
    }

    /// <summary>Reads the page after each event. Returns true if events were missed, and false at the end.</summary>
    private async Task<bool> FollowUntilLagged(CancellationToken stopping)
    {
        // The subscription begins before the read, so no change is missed.
        Subscription? subscription = await Subscribe(stopping).ConfigureAwait(false);
        if (subscription is null)
        {
            while (await Read(stopping).ConfigureAwait(false))
                await Task.Delay(ReadOnlyInterval, clock, stopping).ConfigureAwait(false);
            return false;
        }

        using var reading = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        IAsyncEnumerator<DataEvent> events = subscription.GetAsyncEnumerator(reading.Token);
        await using (events.ConfigureAwait(false))
        {
            Task<bool> next = events.MoveNextAsync().AsTask();
            try
            {
                while (true)
                {
                    long start = clock.GetTimestamp();
                    if (!await Read(stopping).ConfigureAwait(false))
                        return false;
                    TimeSpan pause = PausePerReadTime * clock.GetElapsedTime(start);
                    await Task.Delay(pause > ShortestPause ? pause : ShortestPause, clock, stopping).ConfigureAwait(false);

                    await ((Task)next).WaitAsync(page.RefreshInterval, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    stopping.ThrowIfCancellationRequested();

                    // One read shows all events that have arrived so far.
                    while (next.IsCompleted)
                    {
                        if (!await next.ConfigureAwait(false))
                            return false;
                        next = events.MoveNextAsync().AsTask();
                    }
                }
            }
            catch (Exception e) when (e is SubscriberLaggedException or EventsLostException)
            {
                return true;
            }
            finally
            {
                // An enumerator must not be disposed while it moves.
                await reading.CancelAsync().ConfigureAwait(false);
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<Subscription?> Subscribe(CancellationToken stopping)
    {
        // A subscription needs an open store.
        _ = await reader.Data.GetVersion(stopping).ConfigureAwait(false);
        try
        {
            return reader.Data.Events.Subscribe(page.Patterns);
        }
        catch (StoreReadOnlyException)
        {
            return null;
        }
    }

    private async Task<bool> Read(CancellationToken stopping)
    {
        PageState? previous = Look().State;
        PageState? state = await page.Read(reader, previous, stopping).ConfigureAwait(false);
        if (state is null)
            Publish(null, isGone: true, hasEnded: true);
        else if (previous is null || state.HasChanged)
            Publish(state, isGone: false, hasEnded: false);
        return state is not null;
    }

    private void Publish(PageState? state, bool isGone, bool hasEnded)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _state = state ?? _state;
            _isGone |= isGone;
            _hasEnded |= hasEnded;
            changed = _changed;
            if (!_hasEnded)
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.TrySetResult();
    }

    /// <summary>What a viewer sees.</summary>
    /// <param name="State">The newest state; null if the page was not read yet.</param>
    /// <param name="IsGone">Whether what the page shows does not exist any more.</param>
    /// <param name="HasEnded">Whether there will be no further state.</param>
    /// <param name="Changed">Completes when one of the others has changed.</param>
    internal readonly record struct View(PageState? State, bool IsGone, bool HasEnded, Task Changed);
}
