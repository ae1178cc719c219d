namespace BuildData.PostgreSql.Tasks;

/// <summary>
/// Signals one waiting task. <see cref="Set"/> is thread-safe. Only one task at a time may wait. Several calls of <see cref="Set"/> before
/// a wait have the same effect as one call.
/// </summary>
internal sealed class AsyncSignal : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0, 1);
    private int _isSet;

    /// <summary>Sets the signal. Ends the current call of <see cref="Wait"/>. If there is no current call, the next call returns at once.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref _isSet, 1) == 0)
            _signal.Release();
    }

    public void Dispose() => _signal.Dispose();

    /// <summary>Waits until the signal is set or the time has passed. Resets the signal.</summary>
    public async ValueTask Wait(TimeSpan time, CancellationToken cancellationToken)
    {
        if (await _signal.WaitAsync(time, cancellationToken).ConfigureAwait(false))
        {
            // This is a full barrier, like the one in Set. A call of Set that finds the signal still set releases nobody. But its
            // caller changed its data before, so the waiting task, which reads the data after the barrier, sees the change.
            Interlocked.Exchange(ref _isSet, 0);
        }
    }
}
