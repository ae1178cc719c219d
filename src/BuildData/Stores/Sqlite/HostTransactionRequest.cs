using BuildData.Stores.Protocol;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Represents the host program's request to begin a transaction of several updates. The writer's thread runs the request.
/// </summary>
/// <remarks>
/// While the transaction is open, the writer's thread is blocked in <see cref="BeginAndWaitForEnd"/>. During that time the host program's
/// threads use the connection that writes.
/// </remarks>
internal sealed class HostTransactionRequest(SqliteWriteConnection connection, StoreContext context) : StoreRequest, IDisposable
{
    private static readonly TimeSpan WarningThreshold = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource<IStoreTransaction> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _ended = new(0, 1);

    /// <summary>Gets a task that completes with the transaction when it has begun, or with the error if it can't begin.</summary>
    public Task<IStoreTransaction> BegunTransaction => _begun.Task;

    /// <summary>Begins the transaction, and blocks the calling thread until the transaction has ended.</summary>
    /// <remarks>
    /// Called on the writer's thread. If the transaction can't begin, this method does not throw: <see cref="BegunTransaction"/>
    /// completes with the error.
    /// </remarks>
    public void BeginAndWaitForEnd()
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

    /// <returns>The transaction; null if it can't begin. In that case <see cref="BegunTransaction"/> is completed with the error.</returns>
    private StoreTransaction? TryBegin()
    {
        try
        {
            // A subscriber that asks for properties may come while the transaction is open.
            connection.BeginTransaction(withProperties: true);

            // This calls the host's TimeProvider, which may throw.
            return StoreTransaction.Create(connection, context, OnTransactionEnded);
        }
#pragma warning disable CA1031 // Beginning the transaction fails with the error.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Recovery recovery = CompletedTasks.ResultOf(NonThrowingRecovery.Recover(connection, error, new FailedAttempt(1, 0, default, CanRunAgain: false)));
            Fail(recovery.Error ?? error);
            context.Telemetry.BatchEnded(0, Error);
            Complete();
            return null;
        }
    }

    private ValueTask OnTransactionEnded()
    {
        _ended.Release();
        return ValueTask.CompletedTask;
    }
}
