using BuildData.Stores;

namespace BuildData.Updating;

/// <summary>
/// Completes the updates of a batch on the thread pool, where their callers' continuations run. One work item serves the whole batch.
/// Each run of the item first queues the item again while updates remain. So all free threads share the work, and an update never waits
/// for the continuation of another caller that blocks its thread.
/// </summary>
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
