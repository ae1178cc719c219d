using BuildData.Torture.Handovers.Control;

namespace BuildData.Torture.Handovers.Calls;

/// <summary>Replaces the end of a <c>lock</c> statement on a <see cref="Lock"/>.</summary>
[Replaces(typeof(Lock.Scope))]
internal static class LockScopeCalls
{
    public static void Dispose(ref Lock.Scope scope)
    {
        scope.Dispose();

        // A scope does not tell its lock. Scopes are nested, so it is the lock that was taken last.
        if (Explorer.Current is { } me)
            MonitorCalls.Release(me, me.Locks.Peek());
    }
}
