namespace BuildData.Stores.Sqlite;

/// <summary>
/// Represents a transaction of the host. While it is open, the writer's thread is blocked, and the host's code uses the writer's
/// session on its own threads.
/// </summary>
/// <remarks>
/// <para>States: <em>queued</em>, in the writer's queue; <em>open</em>, after <see cref="Serve"/> has begun it; <em>ended</em>, by
/// <see cref="Commit"/>, by <see cref="DisposeAsync"/>, or by the timer after <see cref="BuildDataOptions.TransactionTimeout"/>. The
/// call that ends the transaction releases the writer's thread.</para>
/// <para>The lock protects the session. An update holds it while it runs, so the timer ends the transaction only after the
/// update.</para>
/// </remarks>
internal sealed class SqliteHostTransaction(SqliteBatch batch, StoreContext context) : StoreRequest, IStoreTransaction
{
    private static readonly TimeSpan WarningThreshold = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource<IStoreTransaction> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _ended = new(0, 1);
    private readonly Lock _lock = new();
    private bool _isOpen;
    private int _updates;
    private Exception? _lost;

    /// <summary>Gets a task that completes when the transaction has begun.</summary>
    public Task<IStoreTransaction> Begun => _begun.Task;

    /// <summary>Begins the transaction and blocks the writer's thread until the transaction has ended. Called on the writer's thread.</summary>
    public void Serve()
    {
        ITimer? timer = null;
        try
        {
            // A subscriber that asks for properties may come while the transaction is open.
            batch.Begin(withProperties: true);
            _isOpen = true;

            // This calls the host's TimeProvider, which may throw.
            timer = context.LimitTransaction(TimeOut);
        }
#pragma warning disable CA1031 // Beginning the transaction fails with the error.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _isOpen = false;
            Fail(batch.Undo(error));
            context.BatchEnded(0, Error);
            Complete();
            return;
        }

        using (timer)
        {
            _begun.TrySetResult(this);
            if (_ended.Wait(WarningThreshold))
                return;

            context.TransactionIsLong(WarningThreshold);
            _ended.Wait();
        }
    }

    public Task Run(StoreUpdate update)
    {
        lock (_lock)
        {
            ThrowIfEnded();
            ThrowIfLost();
            try
            {
                _updates++;
                if (!batch.RunAlone(update))
                    throw new StoreException("SQLite has rolled back the transaction because an update failed.", update.Error);
            }
            catch (Exception error)
            {
                // The transaction is gone. Without this error, each later update would be committed as a transaction of its own.
                _lost = batch.Undo(error);
                throw _lost;
            }
        }

        update.Complete();
        return Task.CompletedTask;
    }

    public Task Commit()
    {
        lock (_lock)
        {
            try
            {
                ThrowIfEnded();
            }
            catch (Exception error) when (error is StoreException or InvalidOperationException)
            {
                return Task.FromException(error);
            }

            Exception? failure = null;
            try
            {
                ThrowIfLost();
                batch.Commit();
            }
#pragma warning disable CA1031 // The commit fails with the error.
            catch (Exception error)
#pragma warning restore CA1031
            {
                failure = batch.Undo(error);
            }

            End(failure);
            return failure is null ? Task.CompletedTask : Task.FromException(failure);
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_isOpen)
                Abandon(_lost);
            return ValueTask.CompletedTask;
        }
    }

    public override void Complete()
    {
        if (Error is not null)
            _begun.TrySetException(Error);
    }

    protected override void Cancel(CancellationToken token) => _begun.TrySetCanceled(token);

    private void TimeOut(StoreException reason)
    {
        lock (_lock)
        {
            if (!_isOpen)
                return;

            _lost = reason;
            try
            {
                Abandon(reason);
            }
            catch (StoreException error)
            {
                // The host's next call fails with this error.
                _lost = error;
            }
        }
    }

    /// <summary>Rolls back the transaction and ends it.</summary>
    /// <param name="failure">The error that the transaction failed with; null if the host's code has not committed it.</param>
    private void Abandon(Exception? failure)
    {
        try
        {
            batch.Undo();
        }
        catch (StoreException error)
        {
            failure = error;
            throw;
        }
        finally
        {
            End(failure);
        }
    }

    private void End(Exception? failure)
    {
        _isOpen = false;
        context.BatchEnded(_updates, failure);
        _ended.Release();
    }

    private void ThrowIfEnded()
    {
        if (_isOpen)
            return;

        ThrowIfLost();
        throw new InvalidOperationException("The transaction has ended. Begin another one.");
    }

    private void ThrowIfLost()
    {
        if (_lost is not null)
            throw new StoreException($"The transaction was undone before this call: {_lost.Message}", _lost);
    }
}
