using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace BuildData.Diagnostics;

/// <summary>Writes entries to the host's logger on the thread pool, in order. Thread-safe.</summary>
/// <remarks>
/// Used by threads that must not wait for the host's logger: the store's writer, and the event dispatcher inside its lock. The logger may wait
/// for an update, which would wait for these threads. <c>_isWriting</c> is 1 while a work item writes entries, so only one does.
/// </remarks>
internal sealed class DeferredLog(ILogger log)
{
    // Limits the memory used while the host's logger is blocked. Further entries are dropped.
    private const int MaxEntries = 10_000;

    private readonly Channel<Action> _entries = Channel.CreateBounded<Action>(MaxEntries);

    private int _isWriting;

    /// <summary>Adds an entry. Does not wait for the logger.</summary>
    /// <param name="write">Writes the entry to the logger.</param>
    /// <param name="state">The argument of <paramref name="write"/>.</param>
    public void Add<T>(Action<ILogger, T> write, T state)
    {
        _entries.Writer.TryWrite(() => write(log, state));
        StartWriting();
    }

    /// <summary>Returns a task that completes when the entries added before are written.</summary>
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
