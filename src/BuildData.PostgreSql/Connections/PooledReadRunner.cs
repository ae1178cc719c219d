using System.Collections.Concurrent;
using BuildData.PostgreSql.Tasks;
using BuildData.Stores;

namespace BuildData.PostgreSql.Connections;

/// <summary>Runs reads, each on a pooled connection. Thread-safe.</summary>
internal sealed class PooledReadRunner(PostgreSqlDatabase database) : IAsyncDisposable
{
    private readonly ConcurrentStack<PostgreSqlSession> _free = new();
    private readonly InFlightOperationCounter _reads = new();

    /// <summary>Runs a read. If the connection is lost, runs the read again. Makes at most ten attempts in total.</summary>
    /// <exception cref="ObjectDisposedException">This object is disposed.</exception>
    /// <exception cref="StoreException">
    /// The database can't be reached, refused a statement, or did not answer in time.
    /// </exception>
    public async ValueTask<TResult> Run<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(!_reads.TryEnter(), typeof(Master));
        try
        {
            return await database.RetryOnLostConnection(
                static (args, token) => args.runner.TryRun(args.read, args.state, token), (runner: this, read, state), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (PostgreSqlErrors.IsDatabaseError(error))
        {
            throw database.ToStoreException(error);
        }
        finally
        {
            _reads.Leave();
        }
    }

    private async ValueTask<TResult> TryRun<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken)
    {
        PostgreSqlSession session = _free.TryPop(out PostgreSqlSession? free) ? free : new PostgreSqlSession();
        session.Connection = await database.Connect(cancellationToken).ConfigureAwait(false);
        try
        {
            return await read(session, state, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            session.Unsent.Clear();
            await PostgreSqlDatabase.Close(session.Connection).ConfigureAwait(false);
            session.Connection = null;
            _free.Push(session);
        }
    }

    /// <summary>Refuses new reads, and waits until the running reads have ended.</summary>
    public async ValueTask DisposeAsync() => await _reads.Close().ConfigureAwait(false);
}
