namespace BuildData.Stores.Sqlite;

/// <summary>
/// Represents the request for a transaction of the host. While the transaction is open, the writer's thread is blocked, and the host's code
/// uses the writer's connection on its own threads.
/// </summary>
internal sealed class SqliteHostTransaction(SqliteWriteConnection connection, StoreContext context) : StoreRequest, IDisposable
{
    private static readonly TimeSpan WarningThreshold = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource<IStoreTransaction> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _ended = new(0, 1);

    /// <summary>Gets a task that completes when the transaction has begun.</summary>
    public Task<IStoreTransaction> Begun => _begun.Task;

    /// <summary>Begins the transaction and blocks the writer's thread until the transaction has ended. Called on the writer's thread.</summary>
    public void Serve()
    {
        if (TryBegin() is not { } transaction)
            return;

        _begun.TrySetResult(transaction);
        if (_ended.Wait(WarningThreshold))
            return;

        context.Telemetry.LogLongTransaction(WarningThreshold);
        _ended.Wait();
    }

    public void Dispose() => _ended.Dispose();

    public override void Complete()
    {
        if (Error is not null)
            _begun.TrySetException(Error);
    }

    protected override void Cancel(CancellationToken token) => _begun.TrySetCanceled(token);

    private StoreTransaction? TryBegin()
    {
        try
        {
            // A subscriber that asks for properties may come while the transaction is open.
            connection.Begin(withProperties: true);

            // This calls the host's TimeProvider, which may throw.
            return StoreTransaction.Begin(connection, context, Release);
        }
#pragma warning disable CA1031 // Beginning the transaction fails with the error.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Recovery recovery = SqliteTasks.Result(connection.Recover(error, new FailedAttempt(1, 0, default, CanRunAgain: false)));
            Fail(recovery.Error ?? error);
            context.Telemetry.BatchEnded(0, Error);
            Complete();
            return null;
        }
    }

    private ValueTask Release()
    {
        _ended.Release();
        return ValueTask.CompletedTask;
    }
}
