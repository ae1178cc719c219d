using System.Threading.Channels;
using BuildData.Diagnostics;

namespace BuildData.History;

/// <summary>
/// Runs <see cref="LogMaintenance"/> in the background: when the master has opened the store, soon after a log was finished, and at a fixed interval.
/// </summary>
/// <remarks>
/// A finished log sets a signal. The loop takes the signal before it looks for finished logs. So it finds each log whose signal it has taken.
/// </remarks>
internal sealed class LogMaintenanceLoop : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly LogMaintenance _maintenance;
    private readonly TimeProvider _clock;
    private readonly TimeSpan? _age;
    private readonly Telemetry _telemetry;
    private readonly ITimer _timer;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Task _running;

    public LogMaintenanceLoop(Updates updates, BuildDataOptions options, long masterId, Telemetry telemetry)
    {
        _clock = options.TimeProvider;
        _age = options.LogsKept;
        _telemetry = telemetry;
        _maintenance = new LogMaintenance(updates, options, masterId, (error, log) => Log.LogNotMaintained(telemetry.Logger, error, log));
        _timer = _clock.CreateTimer(static loop => ((LogMaintenanceLoop)loop!).Signal(), this, Interval, Interval);
        _running = BackgroundLoop.Start(Run);
    }

    /// <summary>Wakes the loop.</summary>
    public void Signal() => _signal.Writer.TryWrite(true);

    /// <summary>Runs the maintenance now, after a run that has begun. When the task completes, all that could be done by now is done.</summary>
    public async Task RunNow(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        await Maintain(stop.Token).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        try
        {
            await _timer.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The timer belongs to the host's TimeProvider, which may throw. The master must be disposed nevertheless.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Log.LogsNotMaintained(_telemetry.Logger, error);
        }

        _turn.Dispose();
        _stop.Dispose();
    }

    private async Task Run()
    {
        // The opening of the store does not wait for the first run.
        await Task.Yield();
        try
        {
            while (true)
            {
                await Maintain(_stop.Token).ConfigureAwait(false);
                _ = await _signal.Reader.ReadAsync(_stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task Maintain(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_age is { } age)
                await _maintenance.RemoveContent(_clock.GetUtcNow() - age, cancellationToken).ConfigureAwait(false);
            await _maintenance.RemoveChunks(cancellationToken).ConfigureAwait(false);
            await _maintenance.Merge(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (cancellationToken.IsCancellationRequested)
        {
            // While the master is being disposed, its updates are refused.
            throw new OperationCanceledException("The maintenance of logs was stopped.", error, cancellationToken);
        }
#pragma warning disable CA1031 // One failure must not end the loop: the next run may succeed.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Log.LogsNotMaintained(_telemetry.Logger, error);
        }
        finally
        {
            _turn.Release();
        }
    }
}
