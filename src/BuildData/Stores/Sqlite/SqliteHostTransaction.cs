namespace BuildData.Stores.Sqlite;

/// <summary>
/// A host's transaction: while it lasts the writer's thread stands still, and the host's own code, on whatever thread, has the
/// writer's session.
/// </summary>
internal sealed class SqliteHostTransaction(SqliteBatch batch, StoreContext context) : StoreRequest, IStoreTransaction
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource<IStoreTransaction> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _ended = new(0, 1);
    private readonly Lock _lock = new();
    private bool _isOpen;
    private Exception? _lost;

    /// <summary>The transaction, once it has begun.</summary>
    public Task<IStoreTransaction> Begun => _begun.Task;

    /// <summary>Lends the writer to the host's code until it gives it back. Runs on the writer's thread.</summary>
    public void Serve()
    {
        try
        {
            // Whoever subscribes while it lasts may want them.
            batch.Begin(withProperties: true);
        }
#pragma warning disable CA1031 // It is told to whoever wanted the transaction.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Fail(batch.Undo(error));
            Complete();
            return;
        }

        _isOpen = true;
        _begun.TrySetResult(this);
        if (_ended.Wait(Long))
            return;

        Log.TransactionIsLong(context.Logger, Long.TotalMilliseconds);
        _ended.Wait();
    }

    public Task Run(StoreUpdate update)
    {
        lock (_lock)
        {
            if (!_isOpen)
                throw new InvalidOperationException("The transaction has ended.");
            if (_lost is not null)
                throw new StoreException("The transaction was undone before.", _lost);

            try
            {
                batch.RunAlone(update);
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
            _isOpen = false;
            try
            {
                if (_lost is not null)
                    throw new StoreException("The transaction was undone before.", _lost);
                batch.Commit();
                return Task.CompletedTask;
            }
#pragma warning disable CA1031 // It is told to whoever wanted the commit.
            catch (Exception error)
#pragma warning restore CA1031
            {
                return Task.FromException(batch.Undo(error));
            }
            finally
            {
                _ended.Release();
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (!_isOpen)
                return ValueTask.CompletedTask;

            _isOpen = false;
            try
            {
                batch.Undo();
                return ValueTask.CompletedTask;
            }
            finally
            {
                _ended.Release();
            }
        }
    }

    public override void Complete()
    {
        if (Error is not null)
            _begun.TrySetException(Error);
    }

    protected override void Cancel(CancellationToken token) => _begun.TrySetCanceled(token);
}
