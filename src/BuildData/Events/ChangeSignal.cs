namespace BuildData.Events;

/// <summary>
/// Signals that something has changed, but not what. However many events arrive while nobody waits, they are one signal, so a slow reader never
/// lags and needs no memory. One thread at a time may wait.
/// </summary>
internal sealed class ChangeSignal(EventDispatcher dispatcher, SubscriptionBuffer buffer) : IDisposable
{
    /// <summary>
    /// Waits until a change has been published since the creation or the last call. A change that a call has signalled can be one that the caller
    /// has already seen.
    /// </summary>
    /// <returns>True after a change; false if the master is disposed.</returns>
    /// <exception cref="EventsLostException">The database has lost events, or was replaced by an older copy.</exception>
    public async ValueTask<bool> Wait(CancellationToken cancellationToken)
    {
        if (!await buffer.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            return false;

        // The caller reads the state after this, so the state includes the changes of all events that are removed here.
        while (buffer.Reader.TryRead(out _))
            continue;
        return true;
    }

    public void Dispose()
    {
        dispatcher.Detach(buffer);
        buffer.End();
    }
}
