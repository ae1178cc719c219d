using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace BuildData.Diagnostics;

/// <summary>
/// Queues log entries. A thread of the thread pool writes the queued entries later, in order, to the logger of the host program. Thread-safe.
/// </summary>
/// <remarks>
/// <para>Two kinds of threads must not wait for the logger of the host program: the thread that writes to the store, and threads that hold
/// the lock of the event dispatcher. The logger may wait for an update, and the update may wait for such a thread. That would be a
/// deadlock.</para>
/// <para><c>_isWriting</c> is 1 while a work item of the thread pool writes entries. Therefore only one work item writes at a time.</para>
/// </remarks>
internal sealed class DeferredLog(ILogger log)
{
    // Limits the memory used while the host's logger is blocked. Further entries are dropped.
    private const int MaxEntries = 10_000;

    private readonly Channel<Action> _entries = Channel.CreateBounded<Action>(MaxEntries);

    private int _isWriting;

    /// <summary>Adds an entry without waiting for the logger. Drops the entry if too many entries are queued.</summary>
    /// <param name="write">Writes the entry to the logger.</param>
    /// <param name="state">The argument of <paramref name="write"/>.</param>
    public void Add<T>(Action<ILogger, T> write, T state)
    {
        _entries.Writer.TryWrite(() => write(log, state));
        StartWriting();
    }

    /// <summary>Returns a task that completes when all entries that were added before this call are written.</summary>
    public Task Flush()
    {
        if (Volatile.Read(ref _isWriting) == 0 && _entries.Reader.Count == 0)
            return Task.CompletedTask;

        var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_entries.Writer.TryWrite(() => flushed.SetResult()))
            return Task.CompletedTask;

        StartWriting();
        return flushed.Task;
    }

    private void StartWriting()
    {
        if (Interlocked.Exchange(ref _isWriting, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static it => it.Write(), this, preferLocal: false);
    }

    private void Write()
    {
        while (_entries.Reader.TryRead(out Action? entry))
            entry();

        // An entry that was added after the last TryRead did not start a work item, because _isWriting was still 1.
        Interlocked.Exchange(ref _isWriting, 0);
        if (_entries.Reader.Count > 0)
            StartWriting();
    }
}
