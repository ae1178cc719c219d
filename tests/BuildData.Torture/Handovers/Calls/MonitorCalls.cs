using BuildData.Torture.Handovers.Control;

namespace BuildData.Torture.Handovers.Calls;

/// <summary>Replaces the calls of <see cref="Monitor"/>, which also implement the <c>lock</c> statement on an object.</summary>
[Replaces(typeof(Monitor))]
internal static class MonitorCalls
{
    public static void Enter(object target, ref bool lockTaken)
    {
        if (Explorer.Current is { } me)
        {
            Take(me, target, "a monitor");
            lockTaken = true;
        }
        else
            Monitor.Enter(target, ref lockTaken);
    }

    public static void Exit(object target)
    {
        if (Explorer.Current is { } me)
            Release(me, me.Explorer.StateOf<LockState>(target));
        else
            Monitor.Exit(target);
    }

    public static bool Wait(object target) => Wait(target, Timeout.InfiniteTimeSpan);

    public static bool Wait(object target, TimeSpan timeout)
    {
        if (Explorer.Current is not { } me)
            return Monitor.Wait(target, timeout);

        LockState state = me.Explorer.StateOf<LockState>(target);
        int depth = state.Depth;
        state.WaitingForPulse.Add(me);
        (state.Owner, state.Depth) = (null, 0);
        bool pulsed = me.Explorer.WaitUntil(me, "a pulse", () => !state.WaitingForPulse.Contains(me), timeout);
        state.WaitingForPulse.Remove(me);
        me.Explorer.WaitUntil(me, "a monitor after a pulse", () => state.Owner is null, Timeout.InfiniteTimeSpan);
        (state.Owner, state.Depth) = (me, depth);
        return pulsed;
    }

    public static void PulseAll(object target)
    {
        if (Explorer.Current is { } me)
            me.Explorer.StateOf<LockState>(target).WaitingForPulse.Clear();
        else
            Monitor.PulseAll(target);
    }

    public static void Pulse(object target)
    {
        if (Explorer.Current is not { } me)
            Monitor.Pulse(target);
        else if (me.Explorer.StateOf<LockState>(target).WaitingForPulse is { Count: > 0 } waiting)
            waiting.RemoveAt(0);
    }

    /// <summary>Takes a lock for a controlled thread.</summary>
    internal static void Take<TLock>(ControlledThread me, TLock target, string what)
        where TLock : class
    {
        me.Explorer.Step(me, what);
        LockState state = me.Explorer.StateOf<LockState>(target);
        if (!ReferenceEquals(state.Owner, me))
            me.Explorer.WaitUntil(me, what, () => state.Owner is null, Timeout.InfiniteTimeSpan);
        state.Owner = me;
        state.Depth++;
        me.Locks.Push(state);
    }

    /// <summary>Releases the lock that a controlled thread has taken last.</summary>
    internal static void Release(ControlledThread me, LockState state)
    {
        if (!ReferenceEquals(me.Locks.Pop(), state))
            throw new InvalidOperationException("Locks are not released in the opposite order.");
        if (--state.Depth > 0)
            return;

        state.Owner = null;
        me.Explorer.Step(me, "the end of a lock");
    }
}
