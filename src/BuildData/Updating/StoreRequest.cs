using System.Diagnostics.CodeAnalysis;
using BuildData.Updating;

namespace BuildData.Stores;

/// <summary>Represents a request to a store's writer: to run an update, or to begin a transaction.</summary>
/// <remarks>
/// The store takes a request with <see cref="TryTake"/>, runs the request, and then calls <see cref="Complete"/>. The request can be cancelled
/// until the store takes it. Taking and cancelling are thread-safe.
/// </remarks>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public abstract class StoreRequest
{
    private CancellationTokenRegistration _cancellation;
    private int _taken;

    /// <summary>Gets the error of the request; null if it has not failed.</summary>
    public Exception? Error { get; protected set; }

    /// <summary>
    /// Completes requests on the thread pool. Code that awaits a request can then run on the same thread. If such code blocks the thread, other
    /// threads complete the remaining requests.
    /// </summary>
    /// <param name="requests">The requests, which have been run or have failed.</param>
    public static void CompleteAll(StoreRequest[] requests)
    {
        ArgumentNullException.ThrowIfNull(requests);
        new RequestCompletionWorkItem(requests).QueueToThreadPool();
    }

    /// <summary>Lets a token cancel the request until the store takes the request.</summary>
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

    /// <summary>
    /// Takes the request, so that it can't be cancelled any more. The store calls this method once, before it runs the request.
    /// </summary>
    /// <returns>False if the request was already cancelled. Then the store must not run the request.</returns>
    public bool TryTake()
    {
        if (!Mark())
            return false;

        _cancellation.Unregister();
        return true;
    }

    /// <summary>Sets the error of the request. The caller must complete the request afterwards.</summary>
    public void Fail(Exception error) => Error = error;

    /// <summary>
    /// Completes the task of the request with the result or with <see cref="Error"/>. Code that awaits the task can then run on the same
    /// thread.
    /// </summary>
    public abstract void Complete();

    /// <summary>Cancels the task of the request. This method is called at most once. After this call, <see cref="Complete"/> is not called.</summary>
    protected abstract void Cancel(CancellationToken token);

    private bool Mark() => Interlocked.Exchange(ref _taken, 1) == 0;
}
