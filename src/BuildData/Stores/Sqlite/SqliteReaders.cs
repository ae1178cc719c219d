using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Represents the pool of connections that read. Each connection runs one read at a time. A read opens another connection if none is
/// idle, so that short reads do not wait for long ones. A limited number of idle connections stays open. Thread-safe.
/// </summary>
internal sealed class SqliteReaders(SqliteFile file) : IAsyncDisposable
{
    private const int MaxReads = 64;

    private readonly ConcurrentStack<SqliteReadSession> _pool = new();
    private SqliteReadSession? _last;
    private int _idle;

    /// <summary>Gets the gate that all reads enter. It makes them wait while the write-ahead log is emptied.</summary>
    public ReadGate Gate { get; } = new(MaxReads);

    // A read keeps a processor busy, so more reads than this rarely run at the same time.
    private static int MaxIdle => Math.Max(4, Environment.ProcessorCount * 2);

    /// <summary>Runs a read on a connection of the pool.</summary>
    /// <exception cref="StoreException">SQLite has reported an error.</exception>
    public async ValueTask<TResult> Read<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken)
    {
        await Gate.Enter(cancellationToken).ConfigureAwait(false);
        try
        {
            return file.IsReadOnly
                ? await ReadUnchanged(read, state, cancellationToken).ConfigureAwait(false)
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

    /// <summary>Waits for the current reads to end, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await Gate.Close().ConfigureAwait(false);
        Interlocked.Exchange(ref _last, null)?.Dispose();
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
    /// Runs a read on a read-only store. If the connection reads without locks (see <see cref="SqliteFile.OpenForReading"/>), another
    /// process may change the file during the read. Then the result is discarded, and the read is repeated.
    /// </summary>
    private async ValueTask<TResult> ReadUnchanged<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SqliteReadSession session = Rent();
            try
            {
                if (!session.IsCurrent(file))
                    continue;

                TResult result = await read(session, state, cancellationToken).ConfigureAwait(false);
                if (session.IsCurrent(file))
                    return result;
            }
            catch (SqliteException) when (!session.IsCurrent(file))
            {
                continue;
            }
            finally
            {
                if (session.IsCurrent(file))
                    Return(session);
                else
                    session.Dispose();
            }
        }
    }

    private SqliteReadSession Rent()
    {
        if (Interlocked.Exchange(ref _last, null) is { } last)
            return last;
        if (!_pool.TryPop(out SqliteReadSession? pooled))
            return file.OpenForReading();

        Interlocked.Decrement(ref _idle);
        return pooled;
    }

    // The session returned last is rented first, because its cache is warm. Without concurrent reads, only this session is used.
    private void Return(SqliteReadSession session)
    {
        if (Interlocked.CompareExchange(ref _last, session, null) is null)
            return;

        if (Interlocked.Increment(ref _idle) <= MaxIdle)
        {
            _pool.Push(session);
            return;
        }

        Interlocked.Decrement(ref _idle);
        session.Dispose();
    }
}
