namespace BuildData.Stores.Sqlite;

/// <summary>
/// A host's transaction: while it lasts the writer's thread stands still, and the host's own code, on whatever thread, has the
/// writer's session.
/// </summary>
/// <remarks>
/// States: <em>waiting</em> in the writer's queue; <em>open</em>, from <see cref="Serve"/> on; <em>ended</em>, by
/// <see cref="Commit"/>, by <see cref="DisposeAsync"/>, or by the timer when it has lasted for longer than
/// <see cref="BuildDataOptions.TransactionTimeout"/>. The lock guards the session: an update that runs has it, so the timer waits
/// for the update's end. Whoever ends the transaction wakes the writer's thread.
/// </remarks>
internal sealed class SqliteHostTransaction(SqliteBatch batch, StoreContext context) : StoreRequest, IStoreTransaction
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource<IStoreTransaction> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _ended = new(0, 1);
    private readonly Lock _lock = new();
    private bool _isOpen;
    private int _updates;
    private Exception? _lost;

    /// <summary>The transaction, once it has begun.</summary>
    public Task<IStoreTransaction> Begun => _begun.Task;

    /// <summary>Lends the writer to the host's code until it gives it back. Runs on the writer's thread.</summary>
    public void Serve()
    {
        ITimer? timer = null;
        try
        {
            // Whoever subscribes while it lasts may want them.
            batch.Begin(withProperties: true);
            _isOpen = true;

            // The clock is the host's, and may fail.
            timer = context.LimitTransaction(TimeOut);
        }
#pragma warning disable CA1031 // It is reported to the caller that wanted the transaction.
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
            if (_ended.Wait(Long))
                return;

            context.TransactionIsLong(Long);
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
                    throw new StoreException("The database has undone the transaction.", update.Error);
            }
            catch (Exception error)
            {
                // Without it each further update would be a transaction of its own.
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
#pragma warning disable CA1031 // It is reported to the caller that wanted the commit.
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
                // The host's code gets it with its next call.
                _lost = error;
            }
        }
    }

    /// <summary>Undoes the transaction and ends it.</summary>
    /// <param name="failure">Why it failed; null if the host's code did not want it.</param>
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
        throw new InvalidOperationException("The transaction has ended.");
    }

    private void ThrowIfLost()
    {
        if (_lost is not null)
            throw new StoreException($"The transaction was undone before: {_lost.Message}", _lost);
    }
}
