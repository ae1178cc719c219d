using BuildData.Stores.Protocol;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Represents a request of the host program to begin a transaction. A thread of <see cref="SqliteWriter"/> runs the request.
/// </summary>
/// <remarks>
/// The writer's thread begins the transaction, and then blocks until the host program has ended the transaction. During this time, threads
/// of the host program run updates on the connection.
/// </remarks>
internal sealed class HostTransactionRequest(SqliteWriteConnection connection, StoreContext context) : ExclusiveRequest<IStoreTransaction>, IDisposable
{
    private static readonly TimeSpan WarningThreshold = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _ended = new(0, 1);

    /// <summary>
    /// Begins the transaction, lets the caller go on with it, and blocks the calling thread until the transaction has ended.
    /// </summary>
    public override void Run()
    {
        try
        {
            if (TryBegin() is not { } transaction)
                return;

            Succeed(transaction);
            if (_ended.Wait(WarningThreshold))
                return;

            context.Telemetry.LogLongTransaction(WarningThreshold);
            _ended.Wait();
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose() => _ended.Dispose();

    /// <summary>Begins the transaction. If this fails, the task of the request fails too.</summary>
    /// <returns>The transaction; null if the transaction can't begin.</returns>
    private StoreTransaction? TryBegin()
    {
        try
        {
            // A subscription that needs the properties may begin while the transaction is open.
            connection.BeginTransaction(withProperties: true);

            // This calls the host's TimeProvider, which may throw.
            return StoreTransaction.Create(connection, context, OnTransactionEnded);
        }
#pragma warning disable CA1031 // The host program receives the error.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Recovery recovery = SynchronousTasks.GetResult(NonThrowingRecovery.Recover(connection, error, new FailedAttempt(1, 0, default, CanRunAgain: false)));
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
