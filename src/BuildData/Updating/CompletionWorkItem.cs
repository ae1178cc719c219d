using BuildData.Stores;

namespace BuildData.Updating;

/// <summary>
/// Completes the tasks of a batch's updates on the thread pool. Callers' continuations may run there, and may block their thread.
/// </summary>
/// <remarks>
/// One work item serves the whole batch. While updates remain, each run of the item first queues the item again. So all free threads share
/// the work. If a continuation blocks its thread, another thread completes the remaining updates.
/// </remarks>
internal sealed class CompletionWorkItem(StoreRequest[] requests) : IThreadPoolWorkItem
{
    private int _next = -1;

    /// <summary>Gets whether each update is completed or assigned to a thread that completes it.</summary>
    public bool AreAllTaken => Volatile.Read(ref _next) >= requests.Length - 1;

    public void Execute()
    {
        if (Volatile.Read(ref _next) < requests.Length - 2)
            QueueToThreadPool();
        CompleteRemaining();
    }

    /// <summary>Completes, on this thread, the updates that no other thread has taken.</summary>
    public void CompleteRemaining()
    {
        for (int i = Interlocked.Increment(ref _next); i < requests.Length; i = Interlocked.Increment(ref _next))
            requests[i].Complete();
    }

    public void QueueToThreadPool() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
}
