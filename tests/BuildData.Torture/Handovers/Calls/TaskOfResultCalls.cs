namespace BuildData.Torture.Handovers.Calls;

/// <summary>Replaces the calls of <see cref="Task{TResult}"/> that block or use the clock.</summary>
[Replaces(typeof(Task<>))]
internal static class TaskOfResultCalls
{
    public static Task<TResult> WaitAsync<TResult>(Task<TResult> target, CancellationToken cancellationToken) =>
        TaskCalls.Relay(target).WaitAsync(cancellationToken);

#pragma warning disable IDE1006, CA1707 // The names are those of the property's methods.
    public static TResult get_Result<TResult>(Task<TResult> target)
#pragma warning restore IDE1006, CA1707
    {
        TaskCalls.Await(() => target.IsCompleted);
        return target.GetAwaiter().GetResult();
    }
}
