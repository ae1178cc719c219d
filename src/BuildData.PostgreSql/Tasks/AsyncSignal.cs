namespace BuildData.PostgreSql.Tasks;

/// <summary>Wakes one that waits. Wakes that come while it is at work count as one.</summary>
internal sealed class AsyncSignal : IDisposable
{
    private readonly SemaphoreSlim _signal = new(0, 1);
    private int _isSet;

    public void Set()
    {
        if (Interlocked.Exchange(ref _isSet, 1) == 0)
            _signal.Release();
    }

    public void Dispose() => _signal.Dispose();

    /// <summary>Waits for a wake, or for some time.</summary>
    public async ValueTask Wait(TimeSpan time, CancellationToken cancellationToken)
    {
        if (await _signal.WaitAsync(time, cancellationToken).ConfigureAwait(false))
            Volatile.Write(ref _isSet, 0);
    }
}
