using System.Runtime.CompilerServices;
using BuildData.Torture.Handovers.Control;

namespace BuildData.Torture.Handovers.Calls;

/// <summary>Replaces the calls of <see cref="Thread"/>. The real thread is not started: a controlled thread runs its code.</summary>
[Replaces(typeof(Thread))]
internal static class ThreadCalls
{
    private static readonly ConditionalWeakTable<Thread, ThreadStart> Bodies = [];

    public static Thread Create(ThreadStart start)
    {
        var thread = new Thread(start);
        Bodies.Add(thread, start);
        return thread;
    }

    public static void UnsafeStart(Thread target)
    {
        if (Explorer.Current is not { } me)
        {
            target.UnsafeStart();
            return;
        }

        me.Explorer.Step(me, "Thread.Start");
        Bodies.TryGetValue(target, out ThreadStart? body);
        me.Explorer.StateOf<Started>(target).Thread = me.Explorer.StartThread(target.Name ?? "thread", () => body!());
    }

    public static void Start(Thread target) => UnsafeStart(target);

    public static void Join(Thread target) => Join(target, Timeout.InfiniteTimeSpan);

    public static bool Join(Thread target, TimeSpan timeout)
    {
        if (Explorer.Current is not { } me)
            return target.Join(timeout);
        me.Explorer.Step(me, "Thread.Join");
        ControlledThread joined = me.Explorer.StateOf<Started>(target).Thread!;
        return me.Explorer.WaitUntil(me, $"the end of thread {joined}", () => joined.HasEnded, timeout);
    }

    public static void SpinWait(int iterations)
    {
        if (Explorer.Current is { } me)
            me.Explorer.Yield(me, "Thread.SpinWait");
        else
            Thread.SpinWait(iterations);
    }

    private sealed class Started
    {
        public ControlledThread? Thread { get; set; }
    }
}
