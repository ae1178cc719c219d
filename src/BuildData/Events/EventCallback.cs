using BuildData.Diagnostics;

namespace BuildData;

/// <summary>Represents a callback that receives the events of a subscription. Thread-safe.</summary>
public sealed class EventCallback : IAsyncDisposable
{
    // True in the callback and in everything that it calls, on any thread. DisposeAsync must not wait for the callback there: the callback
    // would wait for itself.
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
    /// Gets a task that completes when the subscription has ended and the callback has returned from its last event.
    /// </summary>
    /// <remarks>
    /// The task fails if an exception ended the subscription, such as <see cref="SubscriberLaggedException"/>. Exceptions of the callback
    /// are logged, and do not make the task fail.
    /// </remarks>
    public Task Completion { get; private set; }

    /// <summary>
    /// Ends the subscription, cancels the callback's token and waits until the callback has returned.
    /// </summary>
    /// <remarks>The callback may call this method too. In that case the method does not wait.</remarks>
    public async ValueTask DisposeAsync()
    {
        bool isFirst = Interlocked.Exchange(ref _disposed, 1) == 0;
        if (isFirst)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _subscription.DisposeAsync().ConfigureAwait(false);
        }

        if (_isInCallback.Value)
            return;

        // Errors are not thrown here, because Completion reports them.
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (isFirst)
            _stop.Dispose();
    }

    /// <summary>Starts to read a subscription and to call a callback for its events.</summary>
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
        // Don't run the callback on the subscribing thread.
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
#pragma warning disable CA1031 // An exception of the host's callback, whatever its type, is logged and must not end the subscription.
        catch (Exception error)
#pragma warning restore CA1031
        {
            telemetry.CallbackFailed(error, e.Path, e.Name, e.Sequence);
        }
    }
}
