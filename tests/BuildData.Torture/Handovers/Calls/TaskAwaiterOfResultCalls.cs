using System.Runtime.CompilerServices;

namespace BuildData.Torture.Handovers.Calls;

/// <summary>Replaces the blocking wait for a task with a result through its awaiter.</summary>
[Replaces(typeof(TaskAwaiter<>))]
internal static class TaskAwaiterOfResultCalls
{
    public static TResult GetResult<TResult>(ref TaskAwaiter<TResult> target)
    {
        TaskAwaiter<TResult> awaiter = target;
        TaskCalls.Await(() => awaiter.IsCompleted);
        return target.GetResult();
    }
}
