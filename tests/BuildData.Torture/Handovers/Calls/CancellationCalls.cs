using BuildData.Torture.Handovers.Control;

namespace BuildData.Torture.Handovers.Calls;

/// <summary>Replaces the calls of <see cref="CancellationTokenSource"/> that run callbacks, wait for callbacks, or use the clock.</summary>
[Replaces(typeof(CancellationTokenSource))]
internal static class CancellationCalls
{
    public static CancellationTokenSource Create(TimeSpan delay) =>
        Explorer.Current is { } me ? new CancellationTokenSource(delay, me.Explorer.Time) : new CancellationTokenSource(delay);

    public static void Cancel(CancellationTokenSource target)
    {
        if (Explorer.Current is not { } me)
        {
            target.Cancel();
            return;
        }

        me.Explorer.Step(me, "CancellationTokenSource.Cancel");
        me.Explorer.Cancelling.Add(me);
        try
        {
            target.Cancel();
        }
        finally
        {
            me.Explorer.Cancelling.Remove(me);
        }
    }

    /// <summary>Cancels on the thread pool. Unlike the original, the token is not cancelled at once: the explored code awaits the task.</summary>
    public static Task CancelAsync(CancellationTokenSource target) =>
        Explorer.Current is null ? target.CancelAsync() : TaskCalls.Run(() => Cancel(target));

    public static void Dispose(CancellationTokenSource target)
    {
        CancellationRegistrationCalls.WaitForCallbacks();
        target.Dispose();
    }
}
