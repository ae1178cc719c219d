using BuildData.PostgreSql.Connections;
using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>A host's transaction, on a connection of its own. It holds up whoever wants the rows that it has changed.</summary>
internal sealed class HostTransaction : IStoreTransaction
{
    private const int MostAttempts = 3;

    private readonly WriteConnection _connection;
    private readonly PostgreSqlDatabase _database;
    private readonly StoreContext _context;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Action _ended;
    private readonly ITimer? _timer;
    private Task _timingOut = Task.CompletedTask;
    private bool _isOpen = true;
    private int _updates;
    private Exception? _lost;

    private HostTransaction(WriteConnection connection, WriterServices services, Action ended)
    {
        _ended = ended;
        _connection = connection;
        _database = services.Database;
        _context = services.Context;
        _timer = _context.LimitTransaction(reason => _timingOut = TimeOut(reason));
    }

    /// <param name="services">Where it writes.</param>
    /// <param name="ended">Called when it has ended, however.</param>
    /// <param name="cancellationToken">Cancels the beginning.</param>
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
            await connection.Begin(Stores.Tables.None, waits: true, cancellationToken).ConfigureAwait(false);
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
            await RunAlone(update).ConfigureAwait(false);
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
            if (_lost is not null)
            {
                await _connection.Rollback().ConfigureAwait(false);
                throw failure = _database.Wrap(_lost);
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
                await Abandon(_lost).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }

        await _timingOut.ConfigureAwait(false);
    }

    private async Task TimeOut(StoreException reason)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!_isOpen)
                return;

            _lost = reason;
            await Abandon(reason).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Undoes the transaction and ends it.</summary>
    /// <param name="failure">Why it failed; null if the host's code did not want it.</param>
    private async ValueTask Abandon(Exception? failure)
    {
        await _connection.Rollback().ConfigureAwait(false);
        await End(failure).ConfigureAwait(false);
    }

    /// <summary>Returns what the host is told of a commit that met an error; null if it is in the database all the same.</summary>
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

    private async ValueTask End(Exception? failure)
    {
        _isOpen = false;
        if (_timer is not null)
            await _timer.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
        _context.BatchEnded(_updates, failure);
        _ended();
    }

    private void ThrowIfEnded()
    {
        if (_isOpen)
            return;

        throw _lost is null
            ? new InvalidOperationException("The transaction has ended.")
            : new StoreException($"The transaction was undone before: {_lost.Message}", _lost);
    }

    /// <summary>Runs an update behind a savepoint, and sends its writes, so that it fails alone.</summary>
    private async ValueTask RunAlone(StoreUpdate update)
    {
        // Another master may have added the same name meanwhile. Then the update finds it.
        for (int attempt = 1; attempt <= MostAttempts; attempt++)
        {
            await TryRunAlone(update).ConfigureAwait(false);
            if (update.Error is not StoreException { InnerException: { } error } || !PostgreSqlErrors.IsUniqueViolation(error) || _lost is not null)
                return;
        }
    }

    private async ValueTask TryRunAlone(StoreUpdate update)
    {
        PostgreSqlSession session = _connection.Session;
        int announced = _connection.UpdateContext.EventCount;
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

        session.DropWaiting();
        _connection.UpdateContext.Undo(announced);
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
            // The transaction is of no use any more: the commit is going to say so.
            session.DropWaiting();
            _lost = error;
        }
    }
}
