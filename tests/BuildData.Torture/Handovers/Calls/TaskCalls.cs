using BuildData.Torture.Handovers.Control;

namespace BuildData.Torture.Handovers.Calls;

/// <summary>Replaces the calls of <see cref="Task"/> that block, that use the thread pool, or that use the clock.</summary>
[Replaces(typeof(Task))]
internal static class TaskCalls
{
    private static TimeProvider Clock => Explorer.Current?.Explorer.Time ?? TimeProvider.System;

    private static TaskScheduler Scheduler => Explorer.Current?.Explorer.TaskScheduler ?? TaskScheduler.Default;

    public static Task Run(Action action) => Run(action, CancellationToken.None);

    public static Task Run(Action action, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(action, cancellationToken, TaskCreationOptions.DenyChildAttach, Scheduler);

    public static Task Run(Func<Task> function) => Run(function, CancellationToken.None);

    public static Task Run(Func<Task> function, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(function, cancellationToken, TaskCreationOptions.DenyChildAttach, Scheduler).Unwrap();

    public static Task<TResult> Run<TResult>(Func<TResult> function) => Run(function, CancellationToken.None);

    public static Task<TResult> Run<TResult>(Func<TResult> function, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(function, cancellationToken, TaskCreationOptions.DenyChildAttach, Scheduler);

    public static Task<TResult> Run<TResult>(Func<Task<TResult>> function) => Run(function, CancellationToken.None);

    public static Task<TResult> Run<TResult>(Func<Task<TResult>> function, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(function, cancellationToken, TaskCreationOptions.DenyChildAttach, Scheduler).Unwrap();

    public static Task Delay(TimeSpan delay) => Task.Delay(delay, Clock);

    public static Task Delay(TimeSpan delay, CancellationToken cancellationToken) => Task.Delay(delay, Clock, cancellationToken);

    public static Task WaitAsync(Task target, CancellationToken cancellationToken) => Relay(target).WaitAsync(cancellationToken);

    public static Task WaitAsync(Task target, TimeSpan timeout) => Relay(target).WaitAsync(timeout, Clock);

    public static Task WaitAsync(Task target, TimeSpan timeout, CancellationToken cancellationToken) => Relay(target).WaitAsync(timeout, Clock, cancellationToken);

    public static Task WhenAll(IEnumerable<Task> tasks) => Task.WhenAll(tasks.Select(Relay));

    public static Task WhenAll(params Task[] tasks) => WhenAll((IEnumerable<Task>)tasks);

    public static Task WhenAll(ReadOnlySpan<Task> tasks) => WhenAll((IEnumerable<Task>)tasks.ToArray());

    public static async Task<Task> WhenAny(Task task1, Task task2)
    {
        Task relay = Relay(task1);
        return await Task.WhenAny(relay, Relay(task2)) == relay ? task1 : task2;
    }

    public static void Wait(Task target)
    {
        Await(() => target.IsCompleted);
        target.Wait(CancellationToken.None);
    }

    /// <summary>
    /// Returns a task that completes after another one, on a controlled thread. The runtime tells combined tasks on its own thread pool that a
    /// task has completed, if the source of that task asks for asynchronous continuations.
    /// </summary>
    internal static Task Relay(Task task)
    {
        return Explorer.Current is null || task.IsCompleted ? task : Await();

        async Task Await() => await task;
    }

    /// <inheritdoc cref="Relay(Task)"/>
    internal static Task<TResult> Relay<TResult>(Task<TResult> task)
    {
        return Explorer.Current is null || task.IsCompleted ? task : Await();

        async Task<TResult> Await() => await task;
    }

    /// <summary>Waits until a task has completed, on a controlled thread.</summary>
    internal static void Await(Func<bool> isCompleted)
    {
        if (Explorer.Current is { } me)
            me.Explorer.WaitUntil(me, "a task", isCompleted, Timeout.InfiniteTimeSpan);
    }
}
