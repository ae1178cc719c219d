using BuildData.Stores;

namespace BuildData.Updating;

/// <summary>Represents one call of an update method. Holds the arguments, and the task that the caller awaits.</summary>
/// <param name="body">The code of the update.</param>
/// <param name="args">The arguments of the call.</param>
/// <param name="fillPlan">
/// Fills a plan: adds the rows that the update locks, and describes the data that the update reads. Null if the plan stays empty.
/// </param>
internal sealed class UpdateCall<TArgs, TResult>(UpdateBody<TArgs, TResult> body, TArgs args, Action<PrefetchPlan, TArgs>? fillPlan)
    : StoreUpdate
{
    private readonly TaskCompletionSource<TResult> _completion = new();
    private TResult? _result;

    public Task<TResult> Task => _completion.Task;

    /// <summary>
    /// Gets a function that is called after the update was committed, before its task completes. It must be fast, and must not throw. In a
    /// transaction of several updates, it is called before the commit.
    /// </summary>
    public Action? Succeeded { get; init; }

    public override ValueTask Run(UpdateContext context)
    {
        _result = default;
        Error = null;
        ValueTask<TResult> running;
        try
        {
            // This reads the host's TimeProvider, which may throw.
            context.BeginUpdate();
            running = body(context, args);
            if (!running.IsCompleted)
                return AwaitResult(running);
            _result = running.GetAwaiter().GetResult();
        }
#pragma warning disable CA1031 // Every exception goes to the caller through the task. The store continues.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Error = error;
        }

        return ValueTask.CompletedTask;
    }

    public override void Complete()
    {
        if (Error is not null)
            _completion.TrySetException(Error);
        else
            Succeed();
    }

    internal override void FillPlan(PrefetchPlan plan) => fillPlan?.Invoke(plan, args);

    protected override void Cancel(CancellationToken token) => _completion.TrySetCanceled(token);

    private void Succeed()
    {
        Succeeded?.Invoke();
        _completion.TrySetResult(_result!);
    }

    private async ValueTask AwaitResult(ValueTask<TResult> running)
    {
        try
        {
            _result = await running.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Error = error;
        }
    }
}
