using BuildData.Stores;

namespace BuildData.Updating;

/// <summary>
/// Completes the tasks of a batch's updates on the thread pool. Callers' continuations may run there, and may block their thread.
/// </summary>
/// <remarks>
/// One work item serves the whole batch. While updates remain, each run of the item first queues the item again. So all free threads share
/// the work. If a continuation blocks its thread, another thread completes the remaining updates.
/// </remarks>
internal sealed class CompletionBatch(StoreRequest[] items) : IThreadPoolWorkItem
{
    private int _next = -1;

    /// <summary>Gets whether each update is completed or assigned to a thread that completes it.</summary>
    public bool AreAllStarted => Volatile.Read(ref _next) >= items.Length - 1;

    public void Execute()
    {
        if (Volatile.Read(ref _next) < items.Length - 2)
            Queue();
        CompleteRest();
    }

    /// <summary>Completes, on this thread, the updates that no other thread has taken.</summary>
    public void CompleteRest()
    {
        for (int i = Interlocked.Increment(ref _next); i < items.Length; i = Interlocked.Increment(ref _next))
            items[i].Complete();
    }

    public void Queue() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
}
