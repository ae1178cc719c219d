using BuildData.Diagnostics;

namespace BuildData;

/// <summary>A callback at work on a subscription's events.</summary>
public sealed class EventCallback : IAsyncDisposable
{
    // Set for what the callback calls.
    private readonly AsyncLocal<bool> _isInCallback = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Subscription _subscription;
    private int _disposed;

    private EventCallback(Subscription subscription)
    {
        _subscription = subscription;
        Completion = Task.CompletedTask;
    }

    /// <summary>
    /// Completes when the subscription has ended and the callback has had its last event. Faults with what ended the
    /// subscription, such as <see cref="SubscriberLaggedException"/>, never with an exception of the callback.
    /// </summary>
    public Task Completion { get; private set; }

    /// <summary>
    /// Ends the subscription, cancels the callback's token and waits until the callback has returned. The callback itself may call
    /// it, and is not waited for then.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        bool isFirst = Interlocked.Exchange(ref _disposed, 1) == 0;
        if (isFirst)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _subscription.DisposeAsync().ConfigureAwait(false);
        }

        // Whether it was well or not, Completion tells.
        if (_isInCallback.Value)
            return;

        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (isFirst)
            _stop.Dispose();
    }

    internal static EventCallback Start<TEvent>(
        Subscription subscription, Func<TEvent, CancellationToken, Task> callback, Func<DataEvent, TEvent> convert, Telemetry telemetry)
    {
        var handling = new EventCallback(subscription);
        IAsyncEnumerator<DataEvent> events = subscription.GetAsyncEnumerator(handling._stop.Token);
        handling.Completion = handling.Run(events, callback, convert, telemetry);
        return handling;
    }

    private async Task Run<TEvent>(
        IAsyncEnumerator<DataEvent> events, Func<TEvent, CancellationToken, Task> callback, Func<DataEvent, TEvent> convert, Telemetry telemetry)
    {
        // Not on the thread of whoever subscribes.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        _isInCallback.Value = true;
        CancellationToken stop = _stop.Token;
        try
        {
            await using (events.ConfigureAwait(false))
            {
                while (await events.MoveNextAsync().ConfigureAwait(false))
                    await Call(events.Current, callback, convert, telemetry, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
    }

    private static async Task Call<TEvent>(
        DataEvent e, Func<TEvent, CancellationToken, Task> callback, Func<DataEvent, TEvent> convert, Telemetry telemetry, CancellationToken stop)
    {
        try
        {
            await callback(convert(e), stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // Whatever it is, it is the callback's, and it is told in the log.
        catch (Exception error)
#pragma warning restore CA1031
        {
            telemetry.CallbackFailed(error, e.Path, e.Name, e.Sequence);
        }
    }
}
