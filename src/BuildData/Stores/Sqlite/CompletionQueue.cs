using System.Diagnostics;

namespace BuildData.Stores.Sqlite;

/// <summary>Completes the updates of batches, so that their callers continue.</summary>
/// <remarks>
/// <para>Normally a batch is one work item of the thread pool, which runs the callers' continuations one after the other: the
/// cheapest way for asynchronous callers. But callers may block all threads of the pool, each waiting for its own update. Then the
/// work item would wait for a thread, and the threads for the work item.</para>
/// <para>So the writer looks at the batches whose completion has not ended (<see cref="Watch"/>). If one has waited for longer than
/// <see cref="Patience"/>, a thread of this class completes what is left of it, and for a while everything that follows. It never
/// runs a caller's continuation itself: a thread with a synchronization context of its own hands continuations to the pool, and
/// only wakes those that block.</para>
/// <para><see cref="Add"/>, <see cref="Watch"/> and <see cref="Due"/> are for the writer alone.</para>
/// </remarks>
internal sealed class CompletionQueue : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RescueTime = TimeSpan.FromSeconds(1);

    private readonly Queue<(Completions Batch, long Since)> _running = new();
    private readonly Queue<Completions> _rescued = new();
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _wake = new(0);
    private Thread? _thread;
    private long _rescueSince;
    private bool _isRescuing;
    private volatile bool _isDisposed;

    /// <summary>How long until the writer is to call <see cref="Watch"/>; null if all batches have been completed.</summary>
    public TimeSpan? Due
    {
        get
        {
            Forget();
            if (!_running.TryPeek(out (Completions Batch, long Since) oldest))
                return null;

            TimeSpan rest = Patience - Stopwatch.GetElapsedTime(oldest.Since);
            return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
        }
    }

    /// <summary>Completes updates that have run.</summary>
    public void Add(StoreRequest[] items)
    {
        var batch = new Completions(items);
        if (_isRescuing && Stopwatch.GetElapsedTime(_rescueSince) < RescueTime)
        {
            Rescue(batch);
            return;
        }

        _isRescuing = false;
        batch.Queue();
        _running.Enqueue((batch, Stopwatch.GetTimestamp()));
    }

    /// <summary>Takes over what the thread pool has not come to.</summary>
    public void Watch()
    {
        while (Due == TimeSpan.Zero)
        {
            _isRescuing = true;
            _rescueSince = Stopwatch.GetTimestamp();
            Rescue(_running.Dequeue().Batch);
        }
    }

    /// <summary>Completes what is left, and ends the thread, if one was needed.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;

        Forget();
        while (_running.TryDequeue(out (Completions Batch, long Since) left))
            Rescue(left.Batch);
        _isDisposed = true;
        _wake.Release();
        _thread?.Join();
        _wake.Dispose();
    }

    private void Forget()
    {
        while (_running.TryPeek(out (Completions Batch, long Since) oldest) && oldest.Batch.AreTaken)
            _running.Dequeue();
    }

    private void Rescue(Completions batch)
    {
        lock (_lock)
            _rescued.Enqueue(batch);
        if (_thread is null)
        {
            _thread = new Thread(Serve) { Name = "BuildData completions", IsBackground = true };
            _thread.UnsafeStart();
        }

        _wake.Release();
    }

    private void Serve()
    {
        SynchronizationContext.SetSynchronizationContext(new ContinueOnPool());
        while (true)
        {
            _wake.Wait();
            bool isLast = _isDisposed;
            while (TryTake() is { } batch)
                batch.CompleteRest();
            if (isLast)
                return;
        }
    }

    private Completions? TryTake()
    {
        lock (_lock)
            return _rescued.TryDequeue(out Completions? batch) ? batch : null;
    }

    /// <summary>Makes the runtime hand continuations to the thread pool: it runs them inline only where no context is set.</summary>
    private sealed class ContinueOnPool : SynchronizationContext;
}
