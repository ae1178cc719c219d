using System.Diagnostics.CodeAnalysis;
using BuildData.Updating;

namespace BuildData.Stores;

/// <summary>Represents a request to a store's writer: an update, or the request to begin a transaction.</summary>
/// <remarks>
/// A request is either taken, by <see cref="TryTake"/>, or cancelled, whichever comes first. A request that was taken is run and then
/// completed with <see cref="Complete"/>. Taking and cancelling are thread-safe.
/// </remarks>
[Experimental(Seam.DiagnosticId)]
public abstract class StoreRequest
{
    private CancellationTokenRegistration _cancellation;
    private int _taken;

    /// <summary>Gets the error of the request; null if it has not failed.</summary>
    public Exception? Error { get; protected set; }

    /// <summary>Completes requests on the thread pool, where their callers' continuations run. A continuation that blocks delays no other request.</summary>
    /// <param name="requests">The requests, which have been run or have failed.</param>
    public static void CompleteAll(StoreRequest[] requests)
    {
        ArgumentNullException.ThrowIfNull(requests);
        new CompletionWorkItem(requests).QueueToThreadPool();
    }

    /// <summary>Lets a token cancel the request until it is taken.</summary>
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

                // Don't run the caller's continuation on the cancelling thread.
                ThreadPool.UnsafeQueueUserWorkItem(
                    static cancelled => cancelled.Request.Cancel(cancelled.Token), (Request: request, Token: token), preferLocal: false);
            },
            this);
    }

    /// <summary>Takes the request, so that it can't be cancelled any more. Called once.</summary>
    /// <returns>False if the request was cancelled before. The store must then drop it.</returns>
    public bool TryTake()
    {
        if (!Mark())
            return false;

        _cancellation.Unregister();
        return true;
    }

    /// <summary>Sets the error of the request. The caller must complete the request afterwards.</summary>
    public void Fail(Exception error) => Error = error;

    /// <summary>Completes the task of the request with its result or its error. Continuations of the awaiting code may run on this thread.</summary>
    public abstract void Complete();

    /// <summary>Cancels the task of the request. Called at most once, instead of <see cref="Complete"/>.</summary>
    protected abstract void Cancel(CancellationToken token);

    private bool Mark() => Interlocked.Exchange(ref _taken, 1) == 0;
}
