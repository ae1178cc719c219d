using BuildData.Torture.Handovers.Control;

namespace BuildData.Torture.Handovers.Calls;

/// <summary>Replaces the default scheduler of tasks, which runs them on the thread pool.</summary>
[Replaces(typeof(TaskScheduler))]
internal static class TaskSchedulerCalls
{
#pragma warning disable IDE1006, CA1707 // The name is that of the property's method.
    public static TaskScheduler get_Default() => Explorer.Current?.Explorer.TaskScheduler ?? TaskScheduler.Default;
#pragma warning restore IDE1006, CA1707
}
