using System.Runtime.CompilerServices;

namespace BuildData.Torture.Handovers.Calls;

/// <summary>Replaces the blocking wait for a task through its awaiter.</summary>
[Replaces(typeof(TaskAwaiter))]
internal static class TaskAwaiterCalls
{
    public static void GetResult(ref TaskAwaiter target)
    {
        TaskAwaiter awaiter = target;
        TaskCalls.Await(() => awaiter.IsCompleted);
        target.GetResult();
    }
}
