using BuildData.PostgreSql.Connections;
using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Represents a transaction of the host, on a connection of its own. Until it ends, other transactions that need the rows that it
/// has changed must wait. Safe for use by several threads: <see cref="_turn"/> admits one call at a time.
/// </summary>
/// <remarks>
/// Each update runs behind a savepoint, so that a failing update is rolled back alone. If the rollback to the savepoint fails, or
/// the transaction exceeds its time limit, <see cref="_failure"/> is set, and the commit, or any call after the time limit, fails
/// with it.
/// </remarks>
internal sealed class HostTransaction : IStoreTransaction
{
    private const int MaxAttempts = 3;

    private readonly WriteConnection _connection;
    private readonly PostgreSqlDatabase _database;
    private readonly StoreContext _context;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Action _onEnded;
    private readonly ITimer? _timer;
    private Task _rollbackAfterTimeout = Task.CompletedTask;
    private bool _isOpen = true;
    private int _updates;
    private Exception? _failure;

    private HostTransaction(WriteConnection connection, WriterServices services, Action ended)
    {
        _onEnded = ended;
        _connection = connection;
        _database = services.Database;
        _context = services.Context;
        _timer = _context.LimitTransaction(reason => _rollbackAfterTimeout = TimeOut(reason));
    }

    /// <summary>Begins a transaction on the server.</summary>
    /// <param name="services">The objects that all connections that write share.</param>
    /// <param name="ended">Called once when the transaction has ended in any way, also when it could not begin.</param>
    /// <param name="cancellationToken">Cancels the attempt to begin.</param>
    /// <exception cref="StoreException">The database can't be reached.</exception>
    public static async Task<IStoreTransaction> Begin(WriterServices services, Action ended, CancellationToken cancellationToken)
    {
        try
        {
            WriteConnection connection = await services.Database.Retry(static (services, token) => BeginOn(new WriteConnection(services, isHosts: true), token), services, cancellationToken).ConfigureAwait(false);
            return new HostTransaction(connection, services, ended);
        }
        catch (Exception error)
        {
            ended();
            if (PostgreSqlErrors.IsDatabaseError(error))
                throw services.Database.Wrap(error);
            throw;
        }
    }

    private static async ValueTask<WriteConnection> BeginOn(WriteConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await connection.Begin(default, waits: true, cancellationToken).ConfigureAwait(false);
            await connection.BeginNow(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task Run(StoreUpdate update)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            ThrowIfEnded();
            _updates++;
            await RunBehindSavepoint(update).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }

        update.Complete();
    }

    public async Task Commit()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        Exception? failure = null;
        bool wasOpen = _isOpen;
        try
        {
            ThrowIfEnded();
            if (_failure is not null)
            {
                await _connection.Rollback().ConfigureAwait(false);
                throw failure = _database.Wrap(_failure);
            }

            await _connection.Commit().ConfigureAwait(false);
        }
        catch (Exception error) when (PostgreSqlErrors.IsDatabaseError(error))
        {
            failure = await FailureOf(error).ConfigureAwait(false);
            if (failure is not null)
                throw failure;
        }
        finally
        {
            if (wasOpen)
                await End(failure).ConfigureAwait(false);
            _turn.Release();
        }
    }

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
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Rolls back the transaction, and ends it.</summary>
    /// <param name="failure">The reason; null if the host did not commit.</param>
    private async ValueTask Abandon(Exception? failure)
    {
        await _connection.Rollback().ConfigureAwait(false);
        await End(failure).ConfigureAwait(false);
    }

    /// <summary>Returns the exception for a commit that met an error; null if the transaction was committed nevertheless.</summary>
    private async ValueTask<StoreException?> FailureOf(Exception error)
    {
        try
        {
            if (_connection.IsCommitOutcomeUnknown(error) && await _connection.FindOutCommitOutcome(error).ConfigureAwait(false))
                return null;
        }
        catch (StoreException unknown)
        {
            return unknown;
        }

        await _connection.Rollback(PostgreSqlErrors.IsConnectionLost(error)).ConfigureAwait(false);
        return _database.Wrap(error);
    }

    /// <summary>Releases the connection, and reports the end of the transaction.</summary>
    private async ValueTask End(Exception? failure)
    {
        _isOpen = false;
        if (_timer is not null)
            await _timer.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
        _context.BatchEnded(_updates, failure);
        _onEnded();
    }

    private void ThrowIfEnded()
    {
        if (_isOpen)
            return;

        throw _failure is null
            ? new InvalidOperationException("The transaction has ended, so it can't be used any more.")
            : new StoreException($"The transaction was rolled back before this call: {_failure.Message}", _failure);
    }

    /// <summary>Runs an update so that its failure undoes only itself, with several attempts if needed.</summary>
    private async ValueTask RunBehindSavepoint(StoreUpdate update)
    {
        // Another master may have added the same name since the update looked for it. The next attempt finds it.
        for (int attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            await TryRunBehindSavepoint(update).ConfigureAwait(false);
            if (update.Error is not StoreException { InnerException: { } error } || !PostgreSqlErrors.IsUniqueViolation(error) || _failure is not null)
                return;
        }
    }

    /// <summary>
    /// Runs an update behind a savepoint, and sends its writes at once, so that a refused statement is known to be its own.
    /// </summary>
    private async ValueTask TryRunBehindSavepoint(StoreUpdate update)
    {
        PostgreSqlSession session = _connection.Session;
        int eventCount = _connection.UpdateContext.EventCount;
        try
        {
            session.Add("SAVEPOINT one_update");
            await session.Flush(CancellationToken.None).ConfigureAwait(false);
            await update.Run(_connection.UpdateContext).ConfigureAwait(false);
            if (update.Error is null)
            {
                session.Add("RELEASE SAVEPOINT one_update");
                await session.Flush(CancellationToken.None).ConfigureAwait(false);
                return;
            }
        }
        catch (Exception error) when (PostgreSqlErrors.IsDatabaseError(error))
        {
            update.Fail(error);
        }

        // The update has failed: roll back to the savepoint.
        session.DropWaiting();
        _connection.UpdateContext.Undo(eventCount);
        if (PostgreSqlErrors.IsDatabaseError(update.Error!))
            update.Fail(_database.Wrap(update.Error!));
        try
        {
            session.Add("ROLLBACK TO SAVEPOINT one_update");
            await session.Flush(CancellationToken.None).ConfigureAwait(false);
            session.Unprepare();
        }
        catch (Exception error) when (PostgreSqlErrors.IsDatabaseError(error))
        {
            // The transaction can't continue. The commit will report this error.
            session.DropWaiting();
            _failure = error;
        }
    }
}
