namespace BuildData.Stores.Sqlite;

/// <summary>Represents a request that the thread of <see cref="SqliteWriter"/> runs by itself, not together with updates.</summary>
/// <typeparam name="TResult">The type of the result.</typeparam>
internal abstract class ExclusiveRequest<TResult> : ExclusiveRequest
{
    private readonly TaskCompletionSource<TResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets the task that completes when the caller can go on.</summary>
    public Task<TResult> Completion => _completion.Task;

    public override void Complete()
    {
        if (Error is not null)
            _completion.TrySetException(Error);
    }

    protected override void Cancel(CancellationToken token) => _completion.TrySetCanceled(token);

    /// <summary>Lets the caller go on.</summary>
    protected void Succeed(TResult result) => _completion.TrySetResult(result);
}

/// <summary>Represents a request that the thread of <see cref="SqliteWriter"/> runs by itself, not together with updates.</summary>
internal abstract class ExclusiveRequest : StoreRequest
{
    /// <summary>Runs the request on the calling thread. Does not throw: if the request fails, its task fails.</summary>
    public abstract void Run();
}
