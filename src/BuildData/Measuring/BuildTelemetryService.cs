using BuildData.Diagnostics;
using BuildData.Events;
using BuildData.Resources;
using BuildData.Stores;

namespace BuildData.Measuring;

/// <summary>Records the metrics and the traces of a master's builds.</summary>
/// <remarks>
/// <para>
/// The service is one loop. Each round of the loop subscribes, then reads a snapshot, and then applies the events that the snapshot does
/// not include. So the service misses no change, and applies no change twice. A round ends in one of these ways:
/// </para>
/// <list type="bullet">
/// <item>
/// The subscription lagged, and events were dropped. The next round reads a snapshot. The snapshot includes the changes of the dropped
/// events.
/// </item>
/// <item>
/// The store has lost events, perhaps because it was replaced by an older copy. The older copy may use ids again. So the next round ignores
/// the ids from earlier rounds.
/// </item>
/// <item>An operation failed. The error is logged, and the next round begins after a delay.</item>
/// <item><see cref="DisposeAsync"/> has ended the subscription. The loop ends after the events that were published before the disposal.</item>
/// </list>
/// <para>
/// The lock protects <c>_subscription</c> and <c>_isEnding</c>. Therefore there are two cases. If a round subscribes before the disposal,
/// the disposal ends the subscription of that round. Otherwise the round sees that the service is being disposed, and only reads a last
/// snapshot.
/// </para>
/// </remarks>
internal sealed class BuildTelemetryService : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(10);

    // Disposing must complete even if a listener of the host program hangs. It is real time, because a test's clock may stand still.
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _firstRound = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IStore _store;
    private readonly EventHub _events;
    private readonly Telemetry _telemetry;
    private readonly TimeProvider _clock;
    private readonly BuildMeter? _meter;
    private readonly BuildTracer? _tracer;
    private readonly BuildTracker _tracker;
    private Subscription? _subscription;
    private bool _isEnding;
    private Task? _running;

    private BuildTelemetryService(BuildDataOptions options, IStore store, EventHub events, Telemetry telemetry)
    {
        _store = store;
        _events = events;
        _telemetry = telemetry;
        _clock = options.TimeProvider;
        _meter = options.MeasuresBuilds ? new BuildMeter(telemetry.Meter) : null;
        _tracer = options.TracesBuilds ? new BuildTracer(store, options.MasterName) : null;
        _tracker = new BuildTracker(store, options.MasterName, _meter, _tracer, telemetry);
    }

    /// <summary>Creates the service of a master. Returns null if the master's builds are neither measured nor traced.</summary>
    public static BuildTelemetryService? Create(BuildDataOptions options, IStore store, EventHub events, Telemetry telemetry) =>
        (options.MeasuresBuilds || options.TracesBuilds) && options.FindReadOnlyStore() is null ? new BuildTelemetryService(options, store, events, telemetry) : null;

    /// <summary>Begins to follow the builds of this master. The store must be open.</summary>
    /// <param name="cancellationToken">Cancels the wait until the builds that already run are known. The service itself continues.</param>
    /// <returns>A task that completes when the service knows the builds that already run, or has failed to read them.</returns>
    public Task Start(CancellationToken cancellationToken)
    {
        _running ??= StartLoop();
        return _firstRound.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Measures and traces the builds that have finished so far. Then ends the service. Must be called while the store is open.</summary>
    public async ValueTask DisposeAsync()
    {
        Subscription? subscription;
        lock (_lock)
        {
            _isEnding = true;
            subscription = _subscription;
        }

        if (_running is not null)
        {
            await _ending.CancelAsync().ConfigureAwait(false);
            if (subscription is not null)
                await subscription.DisposeAsync().ConfigureAwait(false);
            await WaitForEnd(_running).ConfigureAwait(false);
        }

        _meter?.Dispose();
        _tracer?.Dispose();
    }

    private async Task WaitForEnd(Task running)
    {
        try
        {
            await running.WaitAsync(EndTimeout, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.LastBuildsNotMeasured(_telemetry.Logger);
            await _abort.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Starts the loop without the caller's execution context. That context contains the caller's trace, which may end long before the loop
    /// ends.
    /// </summary>
    private Task StartLoop()
    {
        if (ExecutionContext.IsFlowSuppressed())
            return Run();

        using (ExecutionContext.SuppressFlow())
            return Run();
    }

    private async Task Run()
    {
        bool goesOn = true;
        while (goesOn)
        {
            try
            {
                goesOn = await RunRound(_abort.Token).ConfigureAwait(false);
            }
            catch (EventsLostException)
            {
                _tracker.Restart();
            }
            catch (OperationCanceledException) when (_abort.IsCancellationRequested)
            {
                goesOn = false;
            }
#pragma warning disable CA1031 // Whatever failed, the builds that follow must be measured.
            catch (Exception error)
#pragma warning restore CA1031
            {
                Log.BuildsNotFollowed(_telemetry.Logger, error, RetryDelay);
                _firstRound.TrySetResult();
                goesOn = await WaitToRetry().ConfigureAwait(false);
            }
        }

        _firstRound.TrySetResult();
    }

    /// <summary>Runs a round.</summary>
    /// <returns>Whether another round is needed.</returns>
    private async ValueTask<bool> RunRound(CancellationToken cancellationToken)
    {
        Subscription? subscription = Subscribe();
        try
        {
            (BuildSnapshot snapshot, SnapshotPosition position) = await _store.ReadAt(BuildSnapshot.Read, _tracker.NextSnapshotArguments, cancellationToken).ConfigureAwait(false);
            await _tracker.Apply(snapshot, cancellationToken).ConfigureAwait(false);
            _firstRound.TrySetResult();
            if (subscription is null)
                return false;

            await foreach (DataEvent e in subscription.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                if (!position.Includes(e.Sequence))
                    await _tracker.Apply(e, cancellationToken).ConfigureAwait(false);
            }

            return false;
        }
        catch (SubscriberLaggedException)
        {
            // The dispatcher has logged it.
            return true;
        }
        finally
        {
            if (subscription is not null)
                await subscription.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Subscribes to the events of builds and, if builds are measured, of build requests. Returns null if the service is ending.</summary>
    private Subscription? Subscribe()
    {
        lock (_lock)
        {
            if (_isEnding)
                return null;

            SubscriptionFilter filter = _meter is null
                ? SubscriptionFilter.Parse(ResourceTypes.Catalog, ["/builds/*"], ["new", "finished"])
                : SubscriptionFilter.Parse(ResourceTypes.Catalog, ["/builds/*", "/buildrequests/*"], ["new", "finished", "claimed", "unclaimed", "complete"]);
            return _subscription = _events.SubscribeFromNow(filter);
        }
    }

    private async ValueTask<bool> WaitToRetry()
    {
        try
        {
            await Task.Delay(RetryDelay, _clock, _ending.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
