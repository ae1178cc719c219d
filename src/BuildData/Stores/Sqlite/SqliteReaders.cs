using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// The connections that read. Each serves one read at a time. A read that finds none free opens another, so that a short read
/// need not wait for a long one; those that are idle are kept up to a number.
/// </summary>
internal sealed class SqliteReaders(SqliteFile file) : IAsyncDisposable
{
    private const int MostReads = 64;

    private readonly ConcurrentStack<SqliteReadSession> _free = new();
    private SqliteReadSession? _last;
    private int _idle;

    /// <summary>Where reads enter, to be held back while the log is emptied.</summary>
    public ReadGate Gate { get; } = new(MostReads);

    // Reads keep a processor busy, so more of them are rarely under way for long.
    private static int MostIdle => Math.Max(4, Environment.ProcessorCount * 2);

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

    /// <summary>Closes the connections, once the reads that are under way have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await Gate.Close().ConfigureAwait(false);
        Interlocked.Exchange(ref _last, null)?.Dispose();
        while (_free.TryPop(out SqliteReadSession? session))
            session.Dispose();
    }

    private async ValueTask<TResult> ReadOnce<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken)
    {
        SqliteReadSession session = Take();
        try
        {
            return await read(session, state, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            PutBack(session);
        }
    }

    /// <summary>
    /// Reads a file that this process only reads. Where the file is read without locks, because its folder can't be written,
    /// another process may have changed it meanwhile: then the result counts for nothing, and the read is repeated.
    /// </summary>
    private async ValueTask<TResult> ReadUnchanged<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SqliteReadSession session = Take();
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
                    PutBack(session);
                else
                    session.Dispose();
            }
        }
    }

    private SqliteReadSession Take()
    {
        if (Interlocked.Exchange(ref _last, null) is { } last)
            return last;
        if (!_free.TryPop(out SqliteReadSession? free))
            return file.OpenForReading();

        Interlocked.Decrement(ref _idle);
        return free;
    }

    // The session put back last is taken first: its caches are warm, and a reader that is alone needs no other.
    private void PutBack(SqliteReadSession session)
    {
        if (Interlocked.CompareExchange(ref _last, session, null) is null)
            return;

        if (Interlocked.Increment(ref _idle) <= MostIdle)
        {
            _free.Push(session);
            return;
        }

        Interlocked.Decrement(ref _idle);
        session.Dispose();
    }
}
