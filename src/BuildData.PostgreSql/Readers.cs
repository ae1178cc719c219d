using System.Collections.Concurrent;
using BuildData.Stores;

namespace BuildData.PostgreSql;

/// <summary>Runs reads, each on a connection of the pool.</summary>
internal sealed class Readers(Server server) : IAsyncDisposable
{
    private readonly ConcurrentStack<PostgreSqlSession> _free = new();
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _disposed;

    public async ValueTask<TResult> Read<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken)
    {
        Enter();
        try
        {
            PostgreSqlSession session = _free.TryPop(out PostgreSqlSession? free) ? free : new PostgreSqlSession();
            session.Connection = await server.Connect(cancellationToken).ConfigureAwait(false);
            try
            {
                return await read(session, state, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                session.DropWaiting();
                await session.Connection.DisposeAsync().ConfigureAwait(false);
                session.Connection = null;
                _free.Push(session);
            }
        }
        catch (Exception error) when (Server.IsOurs(error))
        {
            throw server.Wrap(error);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Waits until the reads that are under way have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (!_disposed && _running == 0)
                _none.SetResult();
            _disposed = true;
        }

        await _none.Task.ConfigureAwait(false);
    }

    private void Enter()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(Master));
            _running++;
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (--_running == 0 && _disposed)
                _none.TrySetResult();
        }
    }
}
