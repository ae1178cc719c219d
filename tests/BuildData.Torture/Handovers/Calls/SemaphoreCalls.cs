using BuildData.Torture.Handovers.Control;

namespace BuildData.Torture.Handovers.Calls;

/// <summary>
/// Replaces the calls of <see cref="SemaphoreSlim"/>. The real semaphore counts, and is only taken when it is free. So its own checks remain.
/// </summary>
[Replaces(typeof(SemaphoreSlim))]
internal static class SemaphoreCalls
{
    public static void Wait(SemaphoreSlim target) => Wait(target, Timeout.InfiniteTimeSpan);

    public static bool Wait(SemaphoreSlim target, TimeSpan timeout)
    {
        if (Explorer.Current is not { } me)
            return target.Wait(timeout);
        me.Explorer.Step(me, "SemaphoreSlim.Wait");
        return me.Explorer.WaitUntil(me, "a semaphore", () => target.CurrentCount > 0, timeout) && target.Wait(0);
    }

    public static Task WaitAsync(SemaphoreSlim target) => WaitAsync(target, Timeout.InfiniteTimeSpan, CancellationToken.None);

    public static Task WaitAsync(SemaphoreSlim target, CancellationToken cancellationToken) => WaitAsync(target, Timeout.InfiniteTimeSpan, cancellationToken);

    public static Task<bool> WaitAsync(SemaphoreSlim target, TimeSpan timeout) => WaitAsync(target, timeout, CancellationToken.None);

    public static Task<bool> WaitAsync(SemaphoreSlim target, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (Explorer.Current is not { } me)
            return target.WaitAsync(timeout, cancellationToken);

        me.Explorer.Step(me, "SemaphoreSlim.WaitAsync");
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<bool>(cancellationToken);
        if (target.CurrentCount > 0 || timeout == TimeSpan.Zero)
            return Task.FromResult(target.Wait(0, CancellationToken.None));

        var waiter = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        me.Explorer.StateOf<Queue<TaskCompletionSource<bool>>>(target).Enqueue(waiter);
        cancellationToken.UnsafeRegister((_, token) => waiter.TrySetCanceled(token), null);
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            ITimer timer = me.Explorer.Time.CreateTimer(_ => waiter.TrySetResult(false), null, timeout, Timeout.InfiniteTimeSpan);
            waiter.Task.ContinueWith((_, state) => ((ITimer)state!).Dispose(), timer, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        return waiter.Task;
    }

    public static int Release(SemaphoreSlim target) => Release(target, 1);

    public static int Release(SemaphoreSlim target, int releaseCount)
    {
        if (Explorer.Current is not { } me)
            return target.Release(releaseCount);

        me.Explorer.Step(me, "SemaphoreSlim.Release");
        int before = target.Release(releaseCount);
        Queue<TaskCompletionSource<bool>> waiters = me.Explorer.StateOf<Queue<TaskCompletionSource<bool>>>(target);
        while (target.CurrentCount > 0 && waiters.TryDequeue(out TaskCompletionSource<bool>? waiter))
        {
            if (waiter.TrySetResult(true))
                target.Wait(0);
        }

        return before;
    }
}
