namespace BuildData.Stores.Sqlite;

/// <summary>What waits for the writer, or what the writer is at.</summary>
internal abstract class QueuedItem
{
    private CancellationTokenRegistration _cancellation;
    private int _taken;

    /// <summary>Why it has failed; null as long as it has not.</summary>
    public Exception? Error { get; protected set; }

    /// <summary>Lets the token cancel it until it is taken up.</summary>
    public void CancelWith(CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
            return;

        _cancellation = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var item = (QueuedItem)state!;
                if (!item.Mark())
                    return;

                // Whoever cancels is not to run what comes after it.
                ThreadPool.UnsafeQueueUserWorkItem(
                    static cancelled => cancelled.Item.Cancel(cancelled.Token), (Item: item, Token: token), preferLocal: false);
            },
            this);
    }

    /// <summary>Takes it up, unless it was cancelled before.</summary>
    public bool TryTake()
    {
        if (!Mark())
            return false;

        _cancellation.Unregister();
        return true;
    }

    /// <summary>Makes it fail.</summary>
    public void Fail(Exception error) => Error = error;

    /// <summary>Hands the result, or the error, to whoever awaits it. Their code may run on this thread.</summary>
    public abstract void Complete();

    protected abstract void Cancel(CancellationToken token);

    private bool Mark() => Interlocked.Exchange(ref _taken, 1) == 0;
}
