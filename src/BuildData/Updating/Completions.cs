using BuildData.Stores;

namespace BuildData.Updating;

/// <summary>
/// Completes the updates of a batch on the thread pool, where their callers continue. It is one work item for all of them, which
/// queues itself once more before it begins: as many threads share in it as are free, and none waits for a caller that blocks.
/// </summary>
internal sealed class Completions(StoreRequest[] items) : IThreadPoolWorkItem
{
    private int _next = -1;

    /// <summary>Whether all updates are completed, or about to be.</summary>
    public bool AreTaken => Volatile.Read(ref _next) >= items.Length - 1;

    public void Execute()
    {
        if (Volatile.Read(ref _next) < items.Length - 2)
            Queue();
        CompleteRest();
    }

    /// <summary>Completes those on this thread that no other thread has taken.</summary>
    public void CompleteRest()
    {
        for (int i = Interlocked.Increment(ref _next); i < items.Length; i = Interlocked.Increment(ref _next))
            items[i].Complete();
    }

    public void Queue() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
}
