namespace BuildData.Stores.Sqlite;

/// <summary>An update that waits for the writer, or that the writer is at.</summary>
internal abstract class WriteItem : QueuedItem
{
    /// <summary>Runs the update in the scope's transaction, and keeps its result or its error.</summary>
    public abstract void Run(UpdateScope scope);
}

/// <inheritdoc/>
internal sealed class WriteItem<TArgs, TResult>(UpdateBody<TArgs, TResult> body, TArgs args)
    : WriteItem
{
    private readonly TaskCompletionSource<TResult> _completion = new();
    private TResult? _result;

    public Task<TResult> Task => _completion.Task;

    public override void Run(UpdateScope scope)
    {
        _result = default;
        Error = null;
        scope.BeginUpdate();
        try
        {
            ValueTask<TResult> running = body(scope, args);
            if (!running.IsCompleted)
                throw new InvalidOperationException("An update awaited something else than its session.");
            _result = running.GetAwaiter().GetResult();
        }
#pragma warning disable CA1031 // Whatever it is, it is the awaiter's, not the writer's.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Error = error;
        }
    }

    public override void Complete()
    {
        if (Error is not null)
            _completion.TrySetException(Error);
        else
            _completion.TrySetResult(_result!);
    }

    protected override void Cancel(CancellationToken token) => _completion.TrySetCanceled(token);
}
