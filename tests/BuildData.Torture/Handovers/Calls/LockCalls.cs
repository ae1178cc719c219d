using BuildData.Torture.Handovers.Control;

namespace BuildData.Torture.Handovers.Calls;

/// <summary>Replaces the <c>lock</c> statement on a <see cref="Lock"/>. The real lock is taken too, so that its own checks remain.</summary>
[Replaces(typeof(Lock))]
internal static class LockCalls
{
    public static Lock.Scope EnterScope(Lock target)
    {
        if (Explorer.Current is { } me)
            MonitorCalls.Take(me, target, "a lock");
        return target.EnterScope();
    }
}
