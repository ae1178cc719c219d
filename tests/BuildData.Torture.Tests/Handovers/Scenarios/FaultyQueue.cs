using System.Collections.Concurrent;

namespace BuildData.Torture.Tests.Handovers.Scenarios;

/// <summary>
/// A small copy of the queue of the SQLite writer. Depending on a flag, an owner forgets to look at the queue after it has released the
/// ownership. Then an item stays in the queue if it was added just before the release.
/// </summary>
internal sealed class FaultyQueue
{
    private readonly ConcurrentQueue<TaskCompletionSource> _queue = new();
    private readonly SemaphoreSlim _signal = new(0);
    private readonly bool _looksAgain;
    private readonly Thread _thread;
    private int _owned;
    private volatile bool _closing;

    public FaultyQueue(bool looksAgain)
    {
        _looksAgain = looksAgain;
        _thread = new Thread(Run) { IsBackground = true };
        _thread.UnsafeStart();
    }

    /// <summary>Adds an item. The task completes when the thread has run the item.</summary>
    public Task Add()
    {
        var item = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Enqueue(item);
        if (Volatile.Read(ref _owned) == 0)
            _signal.Release();
        return item.Task;
    }

    /// <summary>Ends the thread.</summary>
    public void Close()
    {
        _closing = true;
        _signal.Release();
        _thread.Join();
    }

    private void Run()
    {
        while (!_closing)
        {
            _signal.Wait();
            do
            {
                Interlocked.Exchange(ref _owned, 1);
                while (_queue.TryDequeue(out TaskCompletionSource? item))
                    item.SetResult();
                Interlocked.Exchange(ref _owned, 0);
            }
            while (_looksAgain && !_queue.IsEmpty);
        }
    }
}
