namespace BuildData.Stores.Sqlite;

/// <summary>An update that waits for the writer, or that the writer is at.</summary>
internal abstract class WriteItem
{
    /// <summary>Why the update has failed; null as long as it has not.</summary>
    public Exception? Error { get; protected set; }

    /// <summary>Takes the update up, unless it was cancelled before.</summary>
    public abstract bool TryTake();

    /// <summary>Runs the update in the scope's transaction, and keeps its result or its error.</summary>
    public abstract void Run(UpdateScope scope);

    /// <summary>Makes the update fail.</summary>
    public void Fail(Exception error) => Error = error;

    /// <summary>Hands the result, or the error, to whoever awaits it. Their code runs on this thread.</summary>
    public abstract void Complete();
}

/// <inheritdoc/>
internal sealed class WriteItem<TArgs, TResult>(UpdateBody<TArgs, TResult> body, TArgs args)
    : WriteItem
{
    private readonly TaskCompletionSource<TResult> _completion = new();
    private CancellationTokenRegistration _cancellation;
    private TResult? _result;
    private int _taken;

    public Task<TResult> Task => _completion.Task;

    /// <summary>Lets the token cancel the update until it is taken up.</summary>
    public void CancelWith(CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
            return;

        _cancellation = cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var item = (WriteItem<TArgs, TResult>)state!;
                if (!item.Mark())
                    return;

                // Whoever cancels is not to run what comes after the update.
                ThreadPool.UnsafeQueueUserWorkItem(
                    static cancelled => cancelled.Completion.TrySetCanceled(cancelled.Token), (Completion: item._completion, Token: token), preferLocal: false);
            },
            this);
    }

    public override bool TryTake()
    {
        if (!Mark())
            return false;

        _cancellation.Unregister();
        return true;
    }

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

    private bool Mark() => Interlocked.Exchange(ref _taken, 1) == 0;
}
