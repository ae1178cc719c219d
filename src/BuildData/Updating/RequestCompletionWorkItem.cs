using BuildData.Stores;

namespace BuildData.Updating;

/// <summary>
/// Completes a batch of requests on the thread pool: sets the results of their tasks. Code that awaits these tasks can then run on the same
/// thread, and can block this thread.
/// </summary>
/// <remarks>
/// Several threads can run this work item at the same time. If requests remain, each thread first queues the item again, so that another
/// thread can help. Then the thread takes requests one by one, and completes them. If code that awaits a request blocks the thread, other
/// threads complete the remaining requests.
/// </remarks>
/// <param name="requests">The requests, which have been run or have failed.</param>
internal sealed class RequestCompletionWorkItem(StoreRequest[] requests) : IThreadPoolWorkItem
{
    private int _next = -1;

    /// <summary>
    /// Gets whether threads have taken all requests of the batch. The requests that were taken last may not be completed yet.
    /// </summary>
    public bool HaveAllStarted => Volatile.Read(ref _next) >= requests.Length - 1;

    public void Execute()
    {
        if (Volatile.Read(ref _next) < requests.Length - 2)
            QueueToThreadPool();
        CompleteUnstarted();
    }

    /// <summary>Completes the requests that no other thread has taken, on the calling thread.</summary>
    public void CompleteUnstarted()
    {
        for (int i = Interlocked.Increment(ref _next); i < requests.Length; i = Interlocked.Increment(ref _next))
            requests[i].Complete();
    }

    public void QueueToThreadPool() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
}
