using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Runs each read on a connection of a pool. If no connection is idle, opens another connection. Therefore a short read does not wait for a
/// long read. A limited number of idle connections stays open. Thread-safe.
/// </summary>
internal sealed class ReadConnectionPool(SqliteFile file) : IAsyncDisposable
{
    private const int MaxReads = 64;

    private readonly ConcurrentStack<SqliteReadSession> _pool = new();
    private SqliteReadSession? _lastReturned;
    private int _idleCount;

    /// <summary>
    /// Gets the gate that each read enters before it begins. The gate limits the number of concurrent reads. <see cref="WalSizeLimiter"/>
    /// pauses the gate to stop new reads, and then empties the write-ahead log.
    /// </summary>
    public ReadGate Gate { get; } = new(MaxReads);

    // A read keeps a processor busy, so more reads than this rarely run at the same time.
    private static int MaxIdle => Math.Max(4, Environment.ProcessorCount * 2);

    /// <summary>Calls a function that reads on an idle connection of the pool, or on a new connection.</summary>
    /// <param name="read">The function. Its arguments are a session, <paramref name="state"/> and <paramref name="cancellationToken"/>.</param>
    /// <param name="state">The value that is passed to <paramref name="read"/>. The function then needs no closure, which costs an allocation.</param>
    /// <param name="cancellationToken">Cancels the read, and the wait for the gate.</param>
    /// <returns>The result of <paramref name="read"/>.</returns>
    /// <exception cref="StoreException">SQLite has reported an error.</exception>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public async ValueTask<TResult> Read<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken)
    {
        await Gate.Enter(cancellationToken).ConfigureAwait(false);
        try
        {
            return file.IsReadOnly
                ? await ReadUntilFileIsUnchanged(read, state, cancellationToken).ConfigureAwait(false)
                : await ReadOnce(read, state, cancellationToken).ConfigureAwait(false);
        }
        catch (SqliteException error)
        {
            throw SqliteErrors.Wrap(error, file.Path);
        }
        finally
        {
            Gate.Leave();
        }
    }

    /// <summary>Refuses new reads, waits until the current reads have ended, and closes all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await Gate.Close().ConfigureAwait(false);
        Interlocked.Exchange(ref _lastReturned, null)?.Dispose();
        while (_pool.TryPop(out SqliteReadSession? session))
            session.Dispose();
    }

    private async ValueTask<TResult> ReadOnce<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken)
    {
        SqliteReadSession session = Rent();
        try
        {
            return await read(session, state, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Return(session);
        }
    }

    /// <summary>
    /// Runs a read on a read-only store. The connection may read the file without locks (see <see cref="SqliteFile.OpenForReading"/>). If
    /// another process then changes the file during the read, runs the read again on another connection.
    /// </summary>
    private async ValueTask<TResult> ReadUntilFileIsUnchanged<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SqliteReadSession session = Rent();
            try
            {
                if (!session.IsFileUnchanged(file))
                    continue;

                TResult result = await read(session, state, cancellationToken).ConfigureAwait(false);
                if (session.IsFileUnchanged(file))
                    return result;
            }
            catch (SqliteException) when (!session.IsFileUnchanged(file))
            {
                continue;
            }
            finally
            {
                if (session.IsFileUnchanged(file))
                    Return(session);
                else
                    session.Dispose();
            }
        }
    }

    private SqliteReadSession Rent()
    {
        if (Interlocked.Exchange(ref _lastReturned, null) is { } last)
            return last;
        if (!_pool.TryPop(out SqliteReadSession? pooled))
            return file.OpenForReading();

        Interlocked.Decrement(ref _idleCount);
        return pooled;
    }

    // The session that was returned last is rented first, because its cache contains recent pages. Without concurrent reads, only this
    // session is used.
    private void Return(SqliteReadSession session)
    {
        if (Interlocked.CompareExchange(ref _lastReturned, session, null) is null)
            return;

        if (Interlocked.Increment(ref _idleCount) <= MaxIdle)
        {
            _pool.Push(session);
            return;
        }

        Interlocked.Decrement(ref _idleCount);
        session.Dispose();
    }
}
