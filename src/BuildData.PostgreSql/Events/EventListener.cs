using System.Data;
using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Diagnostics;
using BuildData.PostgreSql.Tasks;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// The connection that hears other masters' notifications and, as long as it is there, holds this master's name. It asks the server
/// something now and then, to find out when nobody answers any more.
/// </summary>
internal sealed class EventListener(PostgreSqlDatabase database, StoreContext context, MasterIdentity identity, AsyncSignal wake) : IAsyncDisposable
{
    /// <summary>The channel of notifications, as an expression over event_log.</summary>
    public const string Channel = "'builddata_' || event_log.tableoid";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private NpgsqlConnection? _connection;

    // The server's process of the connection that was lost, which may not know that.
    private int _lostProcess;
    private int _holder;
    private Task _running = Task.CompletedTask;

    /// <summary>Begins to listen; false if the name is another process's.</summary>
    public async ValueTask<bool> Start(CancellationToken cancellationToken)
    {
        if (!await TryListen(cancellationToken).ConfigureAwait(false))
            return false;

        _running = BackgroundTask.Start(Run);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.Stop().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
        if (_connection is not null)
            await Release(_connection).ConfigureAwait(false);
    }

    private async Task Run()
    {
        CancellationToken stop = _stop.Token;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (_connection is null)
                    await ListenAgain(stop).ConfigureAwait(false);
                else if (!await _connection.WaitAsync(Interval, stop).ConfigureAwait(false))
                    await Ask().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it is, another connection may be better.
            catch (Exception error)
#pragma warning restore CA1031
            {
                if (_connection is not null)
                    Log.ListenerLost(context.Logger, error, database.Name);
                await Drop().ConfigureAwait(false);
                await Task.Delay(Interval / 4, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async ValueTask ListenAgain(CancellationToken stop)
    {
        if (await TryListen(stop).ConfigureAwait(false))
        {
            Log.ListenerBack(context.Logger, database.Name);
            wake.Set();
            return;
        }

        if (await EndLostSession(stop).ConfigureAwait(false))
            return;

        Log.NameTaken(context.Logger, context.Options.MasterName);
        await Task.Delay(Interval, stop).ConfigureAwait(false);
    }

    /// <summary>Connects; false if the name is another process's.</summary>
    private async ValueTask<bool> TryListen(CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await database.Connect(cancellationToken).ConfigureAwait(false);
        try
        {
            await SessionSettings.Apply(connection, isDurable: true, idle: null, cancellationToken).ConfigureAwait(false);
            if (await Hold(connection, cancellationToken).ConfigureAwait(false) is not { } channel)
                return false;

            string own = FormattableString.Invariant($"{identity.Id}");
            connection.Notification += (_, e) =>
            {
                if (e.Payload != own)
                    wake.Set();
            };
#pragma warning disable CA2100 // A word and a number.
            var listen = new NpgsqlCommand("LISTEN " + channel, connection);
#pragma warning restore CA2100
            await using (listen.ConfigureAwait(false))
                await listen.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            await Become(connection, cancellationToken).ConfigureAwait(false);
            (_connection, _holder) = (connection, connection.ProcessID);
            return true;
        }
        finally
        {
            if (_connection != connection)
                await Release(connection).ConfigureAwait(false);
        }
    }

    private async ValueTask Ask()
    {
        NpgsqlConnection connection = _connection!;
        var ask = new NpgsqlCommand("SELECT 1", connection) { CommandTimeout = 0 };
        try
        {
            await ask.ExecuteScalarAsync(CancellationToken.None).WithShortTimeout(CancellationToken.None).ConfigureAwait(false);
            await ask.DisposeAsync().ConfigureAwait(false);
        }
        catch (TimeoutException error)
        {
            database.Abandon(connection);
            (_connection, _lostProcess) = (null, _holder);
            Log.ListenerLost(context.Logger, error, database.Name);
            throw;
        }
    }

    /// <summary>Ends this process's own session that was lost, if it still holds the name.</summary>
    private async ValueTask<bool> EndLostSession(CancellationToken cancellationToken)
    {
        if (_lostProcess == 0)
            return false;

        NpgsqlConnection connection = await database.Connect(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var end = new NpgsqlCommand(
                $"""
                SELECT pg_terminate_backend(l.pid) FROM pg_locks AS l, event_log WHERE l.pid = $1 AND l.locktype = 'advisory' AND l.objsubid = 1
                    AND (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended({Channel} || ' ' || $2, 0)
                """,
                connection)
            {
                Parameters = { new NpgsqlParameter<int> { TypedValue = _lostProcess }, new NpgsqlParameter<long> { TypedValue = identity.Id } },
            };
            _lostProcess = 0;
            await using (end.ConfigureAwait(false))
                return await end.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true;
        }
    }

    /// <summary>Takes this master's name, and returns the channel to listen on; null if the name is another process's.</summary>
    private async Task<string?> Hold(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Locks and channels are a database's, which may have this library's tables in several schemas.
        var hold = new NpgsqlCommand(
            $"""
            SELECT {Channel} FROM event_log WHERE pg_try_advisory_lock(hashtextextended({Channel} || ' ' || $1, 0))
            """,
            connection)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = identity.Id } },
        };
        await using (hold.ConfigureAwait(false))
            return (string?)await hold.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes this process the only one that can write as this master, unless it has been that all the time.</summary>
    private async Task Become(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var become = new NpgsqlCommand(
            """
            WITH taken AS (UPDATE masters SET epoch = epoch + 1 WHERE id = $1 AND epoch <> $2 RETURNING epoch)
            SELECT coalesce((SELECT epoch FROM taken), $2)
            """,
            connection)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = identity.Id }, new NpgsqlParameter<long> { TypedValue = identity.Epoch } },
        };
        await using (become.ConfigureAwait(false))
            identity.Epoch = (long)(await become.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    private async ValueTask Drop()
    {
        if (_connection is not { } lost)
            return;

        _connection = null;
        _lostProcess = lost.State == ConnectionState.Open ? 0 : _holder;
        if (lost.State == ConnectionState.Open)
            await Release(lost).ConfigureAwait(false);
        else
            await lost.DisposeAsync().ConfigureAwait(false);
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
                using var limit = new CancellationTokenSource(AnswerTime);
                var release = new NpgsqlCommand("UNLISTEN *; SELECT pg_advisory_unlock_all(); RESET ALL", connection);
                await using (release.ConfigureAwait(false))
                    await release.ExecuteNonQueryAsync(limit.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (PostgreSqlErrors.IsDatabaseError(error) || error is OperationCanceledException)
            {
                // With the connection goes the name.
                return;
            }
        }
    }
}
