using System.Collections.Concurrent;

namespace BuildData.Stores.Sqlite;

/// <summary>The connections that read. Each serves one read at a time; there are as many as reads have met, within a bound.</summary>
internal sealed class SqliteReaders(SqliteFile file) : IAsyncDisposable
{
    private readonly ConcurrentStack<SqliteReadSession> _free = new();
    private readonly SemaphoreSlim _places = new(MostConnections, MostConnections);
    private SqliteReadSession? _last;
    private volatile bool _disposed;

    // Reads keep a processor busy, so more of them at a time would only take each other's turns.
    private static int MostConnections => Math.Max(4, Environment.ProcessorCount * 2);

    public async ValueTask<TResult> Read<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(Master));
        cancellationToken.ThrowIfCancellationRequested();
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        SqliteReadSession? session = null;
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Master));
            session = Take();
            return await read(session, state, cancellationToken).ConfigureAwait(false);
        }
        catch (Microsoft.Data.Sqlite.SqliteException error)
        {
            throw SqliteErrors.Wrap(error, file.Path);
        }
        finally
        {
            if (session is not null)
                PutBack(session);
            _places.Release();
        }
    }

    /// <summary>Closes the connections, once the reads that are under way have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        for (int i = 0; i < MostConnections; i++)
            await _places.WaitAsync().ConfigureAwait(false);
        Interlocked.Exchange(ref _last, null)?.Dispose();
        while (_free.TryPop(out SqliteReadSession? session))
            session.Dispose();

        // Whoever still waits for a place is to find it, and the store closed.
        _places.Release(MostConnections);
    }

    private SqliteReadSession Take() =>
        Interlocked.Exchange(ref _last, null)
        ?? (_free.TryPop(out SqliteReadSession? free) ? free : new SqliteReadSession(file.OpenForReading()));

    // The session put back last is taken first: its caches are warm, and a reader that is alone needs no other.
    private void PutBack(SqliteReadSession session)
    {
        if (Interlocked.CompareExchange(ref _last, session, null) is not null)
            _free.Push(session);
    }
}
