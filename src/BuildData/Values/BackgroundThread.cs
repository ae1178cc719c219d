namespace BuildData.Values;

/// <summary>Starts the threads of the library.</summary>
internal static class BackgroundThread
{
    /// <summary>Starts a background thread, which does not capture the execution context of the caller.</summary>
    /// <exception cref="StoreException">The thread can't be started.</exception>
    public static Thread Start(string name, Action run) =>
        TryStart(name, run, out Exception? error) ?? throw new StoreException($"The thread '{name}' can't be started. The process has no memory, no file handle or no thread left.", error);

    /// <summary>Starts a background thread, which does not capture the execution context of the caller.</summary>
    /// <returns>The thread; null if it can't be started.</returns>
    public static Thread? TryStart(string name, Action run) => TryStart(name, run, out _);

    private static Thread? TryStart(string name, Action run, out Exception? error)
    {
        error = null;
        var thread = new Thread(() => run()) { Name = name, IsBackground = true };
        try
        {
            thread.UnsafeStart();
            return thread;
        }
        catch (Exception failure) when (failure is OutOfMemoryException or ThreadStartException)
        {
            // On Linux, the runtime needs file handles for a thread. Without them, it throws OutOfMemoryException.
            error = failure;
            return null;
        }
    }
}
