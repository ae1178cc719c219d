using BuildData.Diagnostics;

namespace BuildData.History;

/// <summary>Removes old history in the background: once when the loop starts, and then at a fixed interval.</summary>
internal sealed class HistoryRemovalLoop : IAsyncDisposable
{
    private static readonly TimeSpan MinInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxInterval = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly Updates _updates;
    private readonly HistoryPolicy _policy;
    private readonly Telemetry _telemetry;
    private readonly PeriodicTimer _timer;
    private readonly Task _running;

    public HistoryRemovalLoop(Updates updates, HistoryPolicy policy, TimeProvider clock, Telemetry telemetry)
    {
        _updates = updates;
        _policy = policy;
        _telemetry = telemetry;
        TimeSpan interval = policy.Age / 24;
        _timer = new PeriodicTimer(interval < MinInterval ? MinInterval : interval > MaxInterval ? MaxInterval : interval, clock);
        _running = BackgroundLoop.Start(Run);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _timer.Dispose();
        _stop.Dispose();
    }

    private async Task Run()
    {
        // The opening of the store does not wait for the first removal.
        await Task.Yield();
        try
        {
            do
                await Remove().ConfigureAwait(false);
            while (await _timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task Remove()
    {
        try
        {
            PruneResult result = await _updates.Prune(_policy, dryRun: false, _stop.Token).ConfigureAwait(false);
            if (result.Builds + result.BuildRequests + result.Buildsets > 0)
                Log.HistoryRemoved(_telemetry.Logger, result.Builds, result.Steps, result.BuildRequests, result.Buildsets);
        }
        catch (Exception error) when (_stop.IsCancellationRequested)
        {
            // While the master is being disposed, its updates are refused.
            throw new OperationCanceledException("The removal of history was stopped.", error, _stop.Token);
        }
#pragma warning disable CA1031 // One failure must not end the loop: the next removal may succeed.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Log.HistoryNotRemoved(_telemetry.Logger, error);
        }
    }
}
