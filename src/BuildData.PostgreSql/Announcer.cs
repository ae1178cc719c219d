using System.Data;
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
    /// <summary>The channel of notifications, as an expression over event_log.</summary>
    public const string Channel = "'builddata_' || event_log.tableoid";

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
        context.StartEvents(await Position(cancellationToken).ConfigureAwait(false), keepsEvents: true);
        _running = Run();
    }

    /// <summary>The sequence number of the last event that is committed.</summary>
    public static async ValueTask<long> Position(ReadSession session, CancellationToken cancellationToken)
    {
        List<long> position = await session.Rows<long>(
            session.Sql().Append("SELECT position FROM event_log"), cancellationToken).ConfigureAwait(false);
        return position[0];
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
#pragma warning disable CA1031 // It is committed, and must not be told to have failed. It is announced when the database can be reached again.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Log.AnnouncedLate(context.Logger, error, server.Name);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        if (_listener is not null)
            await Release(_listener).ConfigureAwait(false);
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
                if (await WaitForNotification(stop).ConfigureAwait(false))
                    await CatchUp(Interlocked.Read(ref _known), stop).ConfigureAwait(false);
                else
                    await Look(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it is, subscribers wait for what comes next.
            catch (Exception error)
#pragma warning restore CA1031
            {
                if (_listener is { State: not ConnectionState.Open } lost)
                {
                    Log.ListenerLost(context.Logger, error, server.Name);
                    _listener = null;
                    await lost.DisposeAsync().ConfigureAwait(false);
                }
                else
                {
                    Log.AnnouncedLate(context.Logger, error, server.Name);
                }

                await Task.Delay(Pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>False if none came for some time, or if they can't be heard at present.</summary>
    private async ValueTask<bool> WaitForNotification(CancellationToken cancellationToken)
    {
        if (_listener is not null || await ListenAgain(cancellationToken).ConfigureAwait(false))
            return await _listener!.WaitAsync(Poll, cancellationToken).ConfigureAwait(false);

        await Task.Delay(Poll, cancellationToken).ConfigureAwait(false);
        return false;
    }

    private async ValueTask<bool> ListenAgain(CancellationToken cancellationToken)
    {
        _listener = await Listen(cancellationToken).ConfigureAwait(false);
        if (_listener is null)
        {
            // The server may not have noticed yet that the old connection is gone.
            Log.NameTaken(context.Logger, context.Options.MasterName);
            return false;
        }

        Log.ListenerBack(context.Logger, server.Name);
        await Look(cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>A connection that listens and holds this master's name; null if the name is another process's.</summary>
    private async Task<NpgsqlConnection?> Listen(CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await server.Connect(cancellationToken).ConfigureAwait(false);
        bool listens = false;
        try
        {
            if (await Hold(connection, cancellationToken).ConfigureAwait(false) is not { } channel)
                return null;

            connection.Notification += (_, e) => Interlocked.Exchange(ref _known, long.Parse(e.Payload, CultureInfo.InvariantCulture));
#pragma warning disable CA2100 // A word and a number.
            var listen = new NpgsqlCommand("LISTEN " + channel, connection);
#pragma warning restore CA2100
            await using (listen.ConfigureAwait(false))
                await listen.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            listens = true;
            return connection;
        }
        finally
        {
            if (!listens)
                await Release(connection).ConfigureAwait(false);
        }
    }

    /// <summary>Gives a connection back that may hold the name: the pool would keep it, and the name with it.</summary>
    private static async ValueTask Release(NpgsqlConnection connection)
    {
        await using (connection.ConfigureAwait(false))
        {
            if (connection.State != ConnectionState.Open)
                return;

            try
            {
                var release = new NpgsqlCommand("UNLISTEN *; SELECT pg_advisory_unlock_all()", connection);
                await using (release.ConfigureAwait(false))
                    await release.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception error) when (Server.IsOurs(error))
            {
                // With the connection goes the name.
                return;
            }
        }
    }

    /// <summary>Takes this master's name, and gives the channel to listen on; null if the name is another process's.</summary>
    private async Task<string?> Hold(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Locks and channels are a database's, which may have this library's tables in several schemas.
        var hold = new NpgsqlCommand(
            $"""
            SELECT {Channel} FROM event_log WHERE pg_try_advisory_lock(hashtextextended({Channel} || ' ' || $1, 0))
            """,
            connection)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = masterId } },
        };
        await using (hold.ConfigureAwait(false))
            return (string?)await hold.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Publishes what there is.</summary>
    private async ValueTask Look(CancellationToken cancellationToken)
    {
        long published = context.Published;
        long position = await Position(cancellationToken).ConfigureAwait(false);
        if (position >= published)
        {
            await CatchUp(position, cancellationToken).ConfigureAwait(false);
            return;
        }

        // A server that took over, or one that was set not to wait for the disk and has crashed, does not know of the last.
        lock (_publishing)
        {
            Log.WentBack(context.Logger, server.Name, published, position);
            context.EventsWereLost(position);
        }
    }

    private async ValueTask<long> Position(CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await server.Connect(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
            return await Position(new PostgreSqlSession { Connection = connection }, cancellationToken).ConfigureAwait(false);
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
            if (published >= last || (page.Count > 0 && page[^1].Sequence <= published))
                return;

            List<StoredEvent> news = [.. page.SkipWhile(e => e.Sequence <= published)];
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
