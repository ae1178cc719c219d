using BuildData.Diagnostics;

namespace BuildData;

/// <summary>
/// Calls a callback for each event of a subscription, one event at a time. Disposing this object ends the subscription. Thread-safe.
/// </summary>
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
    /// If an exception ended the subscription, such as <see cref="SubscriberLaggedException"/>, the task fails with that exception. Exceptions
    /// that the callback throws are logged. These exceptions do not make the task fail.
    /// </remarks>
    public Task Completion { get; private set; }

    /// <summary>
    /// Ends the subscription, cancels the token that the callback receives, and waits until the callback has returned.
    /// </summary>
    /// <remarks>The callback itself may call this method. In that case the method does not wait for the callback.</remarks>
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

    /// <summary>Starts to read a subscription, and calls a callback for each of its events.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="callback">The callback.</param>
    /// <param name="convert">Converts an event to the type that the callback accepts.</param>
    /// <param name="telemetry">Logs the exceptions that the callback throws.</param>
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
            telemetry.LogFailedCallback(error, e.Path, e.Name, e.Sequence);
        }
    }
}
