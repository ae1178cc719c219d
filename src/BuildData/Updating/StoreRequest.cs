using BuildData.Updating;

namespace BuildData.Stores;

/// <summary>What waits for a store to be written, or what it is at: an update, or the wish for a transaction.</summary>
public abstract class StoreRequest
{
    private CancellationTokenRegistration _cancellation;
    private int _taken;

    /// <summary>Why it has failed; null as long as it has not.</summary>
    public Exception? Error { get; protected set; }

    /// <summary>Completes requests on the thread pool, where their callers go on; none waits for a caller that blocks.</summary>
    /// <param name="requests">Requests that have been carried out, or have failed.</param>
    public static void CompleteAll(StoreRequest[] requests)
    {
        ArgumentNullException.ThrowIfNull(requests);
        new Completions(requests).Queue();
    }

    /// <summary>Lets the token cancel it until it is taken up.</summary>
    public void CancelWith(CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
            return;

        _cancellation = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var request = (StoreRequest)state!;
                if (!request.Mark())
                    return;

                // Whoever cancels is not to run what comes after it.
                ThreadPool.UnsafeQueueUserWorkItem(
                    static cancelled => cancelled.Request.Cancel(cancelled.Token), (Request: request, Token: token), preferLocal: false);
            },
            this);
    }

    /// <summary>Takes it up, once; false if it was cancelled before, and is to be dropped.</summary>
    public bool TryTake()
    {
        if (!Mark())
            return false;

        _cancellation.Unregister();
        return true;
    }

    /// <summary>Makes it fail. To be completed afterwards.</summary>
    public void Fail(Exception error) => Error = error;

    /// <summary>Hands the result, or the error, to whoever awaits it. Their code may run on this thread.</summary>
    public abstract void Complete();

    /// <summary>Ends it as cancelled. Called at most once, instead of <see cref="Complete"/>.</summary>
    protected abstract void Cancel(CancellationToken token);

    private bool Mark() => Interlocked.Exchange(ref _taken, 1) == 0;
}
