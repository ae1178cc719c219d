using BuildData.Torture.Handovers.Control;

namespace BuildData.Torture.Handovers.Calls;

/// <summary>Replaces the calls of <see cref="ThreadPool"/>.</summary>
[Replaces(typeof(ThreadPool))]
internal static class ThreadPoolCalls
{
    public static bool UnsafeQueueUserWorkItem(IThreadPoolWorkItem callBack, bool preferLocal)
    {
        if (Explorer.Current is not { } me)
            return ThreadPool.UnsafeQueueUserWorkItem(callBack, preferLocal);
        me.Explorer.Step(me, "ThreadPool.UnsafeQueueUserWorkItem");
        me.Explorer.QueueToPool(callBack.GetType().Name, callBack.Execute);
        return true;
    }

    public static bool UnsafeQueueUserWorkItem<TState>(Action<TState> callBack, TState state, bool preferLocal)
    {
        if (Explorer.Current is not { } me)
            return ThreadPool.UnsafeQueueUserWorkItem(callBack, state, preferLocal);
        me.Explorer.Step(me, "ThreadPool.UnsafeQueueUserWorkItem");
        me.Explorer.QueueToPool("work item", () => callBack(state));
        return true;
    }
}
