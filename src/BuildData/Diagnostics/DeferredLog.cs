using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace BuildData;

/// <summary>
/// Writes to the host's log on the thread pool, in order. A store's writer adds to it, and the event hub inside its lock: neither
/// may wait for the host's logger, which may wait for an update.
/// </summary>
internal sealed class DeferredLog(ILogger log)
{
    // A log that stands still must not fill the memory. What exceeds this is dropped: the entries before it tell what happens.
    private const int MostWaiting = 10_000;

    private readonly Channel<Action> _entries = Channel.CreateBounded<Action>(MostWaiting);

    private int _isWriting;

    public void Add<T>(Action<ILogger, T> write, T state)
    {
        _entries.Writer.TryWrite(() => write(log, state));
        StartWriting();
    }

    /// <summary>Waits until what was added before is written.</summary>
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

        // An entry that came in between found this still writing.
        Interlocked.Exchange(ref _isWriting, 0);
        if (_entries.Reader.Count > 0)
            StartWriting();
    }
}
