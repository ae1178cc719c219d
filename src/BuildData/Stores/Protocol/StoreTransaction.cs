using System.Diagnostics.CodeAnalysis;
using BuildData.Stores.Protocol;

namespace BuildData.Stores;

/// <summary>
/// Represents a transaction that the host program has begun. The host program runs updates in the transaction, and then commits it. All
/// stores use this class.
/// </summary>
/// <remarks>
/// <para>Each update runs inside a savepoint. If an update fails, only the changes of this update are undone.</para>
/// <para>The transaction has three states:</para>
/// <list type="bullet">
/// <item><em>Open</em>: the host program can run updates.</item>
/// <item>
/// <em>Lost</em>: the error of an update has made the database end the transaction. Later updates and the commit fail. The host program
/// must still dispose the transaction.
/// </item>
/// <item>
/// <em>Ended</em>: the host program has committed or disposed the transaction, or the
/// <see cref="BuildDataOptions.TransactionTimeout"/> has passed. The store can use the connection again.
/// </item>
/// </list>
/// <para>
/// A semaphore lets only one call run at a time. At the time limit, a timer ends the transaction. The code of the timer waits for the same
/// semaphore. Therefore the timer never interrupts a running update.
/// </para>
/// </remarks>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public sealed class StoreTransaction : IStoreTransaction
{
    private readonly StoreConnection _connection;
    private readonly StoreContext _context;
    private readonly Func<ValueTask> _onEnded;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ITimer? _timer;
    private Task _rollbackAfterTimeout = Task.CompletedTask;
    private bool _isOpen = true;
    private int _updates;
    private Exception? _failure;

    private StoreTransaction(StoreConnection connection, StoreContext context, Func<ValueTask> onEnded)
    {
        _connection = connection;
        _context = context;
        _onEnded = onEnded;
    }

    /// <summary>
    /// Creates the object that represents a transaction, and starts the time limit. The store must already have begun the transaction.
    /// </summary>
    /// <param name="connection">The connection. No other code may use the connection until the transaction has ended.</param>
    /// <param name="context">The context that the store was created with.</param>
    /// <param name="onEnded">The function that is called once, after the transaction has ended.</param>
    /// <returns>The transaction.</returns>
    public static StoreTransaction Create(StoreConnection connection, StoreContext context, Func<ValueTask> onEnded)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(onEnded);
        var transaction = new StoreTransaction(connection, context, onEnded);
        transaction._timer = context.LimitTransaction(reason => transaction._rollbackAfterTimeout = transaction.TimeOut(reason));
        return transaction;
    }

    /// <inheritdoc/>
    public async Task Run(StoreUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            ThrowIfEnded();
            ThrowIfLost();
            _updates++;
            if (await SavepointUpdateRunner.RunWithRetries(_connection, update).ConfigureAwait(false) is { } loss)
                await Lose(loss, update.Error!).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }

        update.Complete();
    }

    /// <inheritdoc/>
    public async Task Commit()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            ThrowIfEnded();
            Exception? failure = null;
            try
            {
                failure = await TryCommit().ConfigureAwait(false);
            }
            finally
            {
                await End(failure).ConfigureAwait(false);
            }

            if (failure is not null)
                throw failure;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_isOpen)
                await Abandon(_failure).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }

        await _rollbackAfterTimeout.ConfigureAwait(false);
    }

    /// <returns>The error of the commit; null if the transaction is committed.</returns>
    private async ValueTask<Exception?> TryCommit()
    {
        if (_failure is not null)
            return CreateRolledBackError();

        Exception failure;
        try
        {
            await _connection.Commit().ConfigureAwait(false);
            return null;
        }
#pragma warning disable CA1031 // The commit fails with the error, unless the store finds out that it has succeeded.
        catch (Exception error)
#pragma warning restore CA1031
        {
            failure = error;
        }

        Recovery recovery = await NonThrowingRecovery.Recover(_connection, failure, new FailedAttempt(1, 1, default, CanRunAgain: false)).ConfigureAwait(false);
        return recovery.Action == RecoveryAction.Committed ? null : recovery.Error ?? _connection.Wrap(failure);
    }

    /// <summary>Rolls back the whole transaction, because the changes of a failed update could not be undone separately.</summary>
    /// <param name="loss">The error that prevents the transaction from continuing.</param>
    /// <param name="cause">The error of the update.</param>
    private async ValueTask Lose(Exception loss, Exception cause)
    {
        // Without this error, later updates might run outside a transaction.
        _failure = cause is StoreException ? cause : loss;
        await _connection.Rollback().ConfigureAwait(false);
        throw _failure;
    }

    /// <summary>Rolls back the transaction because it has exceeded its time limit.</summary>
    private async Task TimeOut(StoreException reason)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!_isOpen)
                return;

            _failure = reason;
            await Abandon(reason).ConfigureAwait(false);
        }
        catch (StoreException error)
        {
            // The host's next call fails with this error.
            _failure = error;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Rolls back and ends the transaction.</summary>
    /// <param name="failure">The error that caused the rollback; null if the host program has disposed the transaction without a commit.</param>
    private async ValueTask Abandon(Exception? failure)
    {
        try
        {
            await _connection.Rollback().ConfigureAwait(false);
        }
        catch (StoreException error)
        {
            failure = error;
            throw;
        }
        finally
        {
            await End(failure).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the transaction: stops the timer, reports the end to telemetry, and returns the connection to the store.</summary>
    /// <param name="failure">The error of the transaction; null if there is none.</param>
    private async ValueTask End(Exception? failure)
    {
        _isOpen = false;
        try
        {
            // The timer and the listeners of the meter belong to the host program, and may throw.
            if (_timer is not null)
                await _timer.DisposeAsync().ConfigureAwait(false);
            _context.Telemetry.BatchEnded(_updates, failure);
        }
        finally
        {
            // The store may let other updates wait until it gets its connection back.
            await _onEnded().ConfigureAwait(false);
        }
    }

    private void ThrowIfEnded()
    {
        if (_isOpen)
            return;

        ThrowIfLost();
        throw new InvalidOperationException("The transaction has ended, so it can't be used any more.");
    }

    private void ThrowIfLost()
    {
        if (_failure is not null)
            throw CreateRolledBackError();
    }

    private StoreException CreateRolledBackError() => new($"The transaction was rolled back before this call: {_failure!.Message}", _failure);
}
