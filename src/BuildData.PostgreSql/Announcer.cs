using System.Globalization;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql;

/// <summary>
/// Publishes all hosts' events in this process, in the order of their numbers. A notification only wakes: what was missed is
/// read from the table, and polling covers for notifications that do not come.
/// </summary>
internal sealed class Announcer(Server server, StoreContext context, long masterId) : IAsyncDisposable
{
    private const int PageLength = 1000;

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Lock _publishing = new();
    private readonly PostgreSqlSession _session = new();
    private Task _running = Task.CompletedTask;
    private NpgsqlConnection? _listener;
    private long _known;

    /// <summary>Listens, and finds out where events are; to be called before anything is written.</summary>
    /// <exception cref="StoreInUseException">Another process has this master's name.</exception>
    public async Task Start(CancellationToken cancellationToken)
    {
        _listener = await Listen(cancellationToken).ConfigureAwait(false)
            ?? throw new StoreInUseException(server.Name, $"Its master '{context.Options.MasterName}' is another process; each needs a name of its own.");
        context.StartEvents(await Position(cancellationToken).ConfigureAwait(false));
        _running = Run();
    }

    /// <summary>Publishes what this process has committed, and before it what others have.</summary>
    public async ValueTask Committed(UpdateEvents events, long first)
    {
        lock (_publishing)
        {
            if (first == context.Published + 1)
            {
                context.Publish(events, first);
                return;
            }
        }

        long last = first + events.Count - 1;
        try
        {
            await CatchUp(last, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (Server.IsOurs(error) || error is StoreException or ObjectDisposedException)
        {
            // It is committed; its announcement waits until the database can be reached again.
            Log.ListenerLost(context.Logger, error, server.Name);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        if (_listener is not null)
            await _listener.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
        _reading.Dispose();
    }

    private async Task Run()
    {
        CancellationToken stop = _stop.Token;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (_listener is null)
                    await ListenAgain(stop).ConfigureAwait(false);
                bool notified = await _listener!.WaitAsync(Poll, stop).ConfigureAwait(false);
                long upTo = notified ? Interlocked.Read(ref _known) : await Position(stop).ConfigureAwait(false);
                await CatchUp(upTo, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (Server.IsOurs(error) || error is StoreException or InvalidOperationException)
            {
                if (_listener is { } lost)
                {
                    Log.ListenerLost(context.Logger, error, server.Name);
                    _listener = null;
                    await lost.DisposeAsync().ConfigureAwait(false);
                }

                await Task.Delay(Pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenAgain(CancellationToken cancellationToken)
    {
        _listener = await Listen(cancellationToken).ConfigureAwait(false);
        if (_listener is null)
        {
            // The server may not have noticed yet that the old connection is gone.
            Log.NameTaken(context.Logger, context.Options.MasterName);
            throw new StoreException($"Another process is master '{context.Options.MasterName}' of '{server.Name}'.");
        }

        Log.ListenerBack(context.Logger, server.Name);
        await CatchUp(await Position(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A connection that listens and holds this master's name; null if the name is another process's.</summary>
    private async Task<NpgsqlConnection?> Listen(CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await server.Connect(cancellationToken).ConfigureAwait(false);
        bool isOurs = false;
        try
        {
            NpgsqlCommand hold = new("SELECT pg_try_advisory_lock($1, $2)", connection)
            {
                Parameters = { new NpgsqlParameter<int> { TypedValue = Schema.LockSpace }, new NpgsqlParameter<int> { TypedValue = (int)masterId } },
            };
            await using (hold.ConfigureAwait(false))
                isOurs = await hold.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
            if (!isOurs)
                return null;

            connection.Notification += (_, e) => Interlocked.Exchange(ref _known, long.Parse(e.Payload, CultureInfo.InvariantCulture));
            var listen = new NpgsqlCommand("LISTEN builddata", connection);
            await using (listen.ConfigureAwait(false))
                await listen.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        finally
        {
            if (!isOurs)
                await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<long> Position(CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await server.Connect(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var command = new NpgsqlCommand("SELECT position FROM event_log", connection);
            await using (command.ConfigureAwait(false))
                return (long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        }
    }

    /// <summary>Publishes what is committed up to a number.</summary>
    private async ValueTask CatchUp(long last, CancellationToken cancellationToken)
    {
        if (IsDone(last))
            return;

        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (!IsDone(last))
                Publish(await Page(context.Published, cancellationToken).ConfigureAwait(false), last);
        }
        finally
        {
            _reading.Release();
        }
    }

    private bool IsDone(long last)
    {
        lock (_publishing)
            return context.Published >= last || context.TrySkip(last);
    }

    private void Publish(List<StoredEvent> page, long last)
    {
        lock (_publishing)
        {
            // This process may have published some of them meanwhile.
            long published = context.Published;
            List<StoredEvent> news = [.. page.SkipWhile(e => e.Sequence <= published)];
            if (published >= last)
                return;

            if (news.Count == 0 || news[0].Sequence != published + 1)
            {
                Log.EventsLost(context.Logger, published);
                context.EventsWereLost(news.Count == 0 ? last : news[0].Sequence - 1);
            }

            context.Publish(news);
        }
    }

    private async ValueTask<List<StoredEvent>> Page(long after, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await server.Connect(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            _session.Connection = connection;
            return await StoreContext.ReadEvents(_session, after, PageLength, cancellationToken).ConfigureAwait(false);
        }
    }
}
