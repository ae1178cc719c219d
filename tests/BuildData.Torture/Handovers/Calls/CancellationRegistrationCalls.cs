using BuildData.Torture.Handovers.Control;

namespace BuildData.Torture.Handovers.Calls;

/// <summary>Replaces the end of a registration, which waits for the callback if it is running.</summary>
[Replaces(typeof(CancellationTokenRegistration))]
internal static class CancellationRegistrationCalls
{
    public static void Dispose(ref CancellationTokenRegistration target)
    {
        if (Explorer.Current is { } me)
            me.Explorer.Step(me, "CancellationTokenRegistration.Dispose");
        if (!target.Unregister())
            WaitForCallbacks();
        target.Dispose();
    }

    /// <summary>Waits until no other thread runs callbacks. The original waits only for callbacks of the same token.</summary>
    internal static void WaitForCallbacks()
    {
        if (Explorer.Current is { } me)
            me.Explorer.WaitUntil(me, "the callbacks of a cancellation", () => me.Explorer.Cancelling.TrueForAll(other => ReferenceEquals(other, me)), Timeout.InfiniteTimeSpan);
    }
}
