using BuildData.Values;

namespace BuildData.Stores.Sqlite;

/// <summary>Runs the backups of a store. Thread-safe.</summary>
/// <remarks>
/// A backup has a thread of its own, because it waits for the disk all the time, and may take minutes. On the thread pool, it would take a
/// thread from everybody else.
/// </remarks>
internal sealed class SqliteBackups(SqliteFile file) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];
    private readonly CancellationTokenSource _closing = new();

    /// <summary>Writes a backup.</summary>
    /// <param name="target">The full path of the new file.</param>
    /// <param name="cancellationToken">Cancels the backup.</param>
    /// <exception cref="StoreException">The backup can't be written, or its thread can't be started.</exception>
    /// <exception cref="ObjectDisposedException">This object is disposed, or was disposed before the backup had ended.</exception>
    public async Task Run(string target, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_closing.IsCancellationRequested)
                throw Disposed();
            _running.Add(completion.Task);
        }

        try
        {
            BackgroundThread.Start("BuildData backup", () => RunOnThread(new SqliteBackup(file, target), completion, stop.Token));
            await completion.Task.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Disposed();
        }
        catch (OperationCanceledException error)
        {
            throw new OperationCanceledException(error.Message, error, cancellationToken);
        }
        finally
        {
            // If the thread could not be started, the disposal would wait for the task for ever.
            completion.TrySetCanceled(CancellationToken.None);
            lock (_lock)
                _running.Remove(completion.Task);
        }
    }

    /// <summary>Refuses new backups, cancels the running ones, and waits until they have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (_lock)
        {
            // Cancelled inside the lock, so that no backup begins after the list was read. Nothing waits for this lock and runs callbacks.
            _closing.Cancel();
            running = [.. _running];
        }

        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Users know the master, not this class.
    private static ObjectDisposedException Disposed() => new(nameof(Master));

    private static void RunOnThread(SqliteBackup backup, TaskCompletionSource completion, CancellationToken stop)
    {
        try
        {
            backup.Run(stop);
            completion.SetResult();
        }
#pragma warning disable CA1031 // The caller of Run receives the error.
        catch (Exception error)
#pragma warning restore CA1031
        {
            completion.SetException(error);
        }
    }
}
