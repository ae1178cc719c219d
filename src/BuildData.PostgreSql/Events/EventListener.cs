using System.Data;
using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Diagnostics;
using BuildData.PostgreSql.Tasks;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// Listens for the notifications of other masters, and holds this master's name with an advisory lock of the same session.
/// </summary>
/// <remarks>
/// <para>
/// While the connection is open, the loop waits for notifications. After a second without one, it runs a short query. If the
/// connection fails or doesn't answer, the loop replaces it. Events are found by polling until then.
/// </para>
/// <para>
/// The server may not have noticed the loss, and then the lost session still holds the name. The loop ends that session. If
/// another process holds the name, the loop tries again each second, and this process can't write: the other one has increased the
/// master's epoch, which each transaction checks.
/// </para>
/// </remarks>
/// <param name="database">The database.</param>
/// <param name="context">The context of the store.</param>
/// <param name="identity">This process's master.</param>
/// <param name="newEvents">Set when there may be new events of other masters.</param>
internal sealed class EventListener(PostgreSqlDatabase database, StoreContext context, MasterIdentity identity, AsyncSignal newEvents) : IAsyncDisposable
{
    /// <summary>The channel of the notifications, as an SQL expression over event_log.</summary>
    public const string Channel = "'builddata_' || event_log.tableoid";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private NpgsqlConnection? _connection;

    // The server's process that served the lost connection, and may still hold the name; 0 if there is none.
    private int _lostProcess;
    // The server's process that serves the current connection.
    private int _processId;
    private Task _running = Task.CompletedTask;

    /// <summary>Begins to listen, and starts the loop.</summary>
    /// <returns>False if another process holds this master's name.</returns>
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
                    await Probe().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever the error is, the loop must replace the connection.
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

    /// <summary>Replaces the lost connection, if the name is free. Otherwise ends the lost session, or waits a second.</summary>
    private async ValueTask ListenAgain(CancellationToken stop)
    {
        if (await TryListen(stop).ConfigureAwait(false))
        {
            Log.ListenerBack(context.Logger, database.Name);
            newEvents.Set();
            return;
        }

        if (await EndLostSession(stop).ConfigureAwait(false))
            return;

        Log.NameTaken(context.Logger, context.Options.MasterName);
        await Task.Delay(Interval, stop).ConfigureAwait(false);
    }

    /// <summary>Opens a connection, takes the name and begins to listen.</summary>
    /// <returns>False if another session holds the name.</returns>
    private async ValueTask<bool> TryListen(CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await database.Connect(cancellationToken).ConfigureAwait(false);
        try
        {
            await SessionSettings.Apply(connection, isDurable: true, idle: null, cancellationToken).ConfigureAwait(false);
            if (await TryTakeName(connection, cancellationToken).ConfigureAwait(false) is not { } channel)
                return false;

            string own = FormattableString.Invariant($"{identity.Id}");
            connection.Notification += (_, e) =>
            {
                if (e.Payload != own)
                    newEvents.Set();
            };
#pragma warning disable CA2100 // The channel is a constant and a number.
            var listen = new NpgsqlCommand("LISTEN " + channel, connection);
#pragma warning restore CA2100
            await using (listen.ConfigureAwait(false))
                await listen.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            await BeginEpoch(connection, cancellationToken).ConfigureAwait(false);
            (_connection, _processId) = (connection, connection.ProcessID);
            return true;
        }
        finally
        {
            if (_connection != connection)
                await Release(connection).ConfigureAwait(false);
        }
    }

    /// <summary>Runs a short query, to detect a connection that doesn't answer.</summary>
    private async ValueTask Probe()
    {
        NpgsqlConnection connection = _connection!;
        var probe = new NpgsqlCommand("SELECT 1", connection) { CommandTimeout = 0 };
        try
        {
            await probe.ExecuteScalarAsync(CancellationToken.None).WithShortTimeout(CancellationToken.None).ConfigureAwait(false);
            await probe.DisposeAsync().ConfigureAwait(false);
        }
        catch (TimeoutException error)
        {
            database.Abandon(connection);
            (_connection, _lostProcess) = (null, _processId);
            Log.ListenerLost(context.Logger, error, database.Name);
            throw;
        }
    }

    /// <summary>Ends the lost session of this process, if it still holds the name.</summary>
    /// <returns>Whether a session was ended.</returns>
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

    /// <summary>Takes this master's name, with an advisory lock of the session.</summary>
    /// <returns>The channel to listen on; null if another session holds the name.</returns>
    private async Task<string?> TryTakeName(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Advisory locks and channels belong to the whole database, which may have this library's tables in several schemas. Their
        // names contain the id of the table event_log, which differs between schemas.
        var takeName = new NpgsqlCommand(
            $"""
            SELECT {Channel} FROM event_log WHERE pg_try_advisory_lock(hashtextextended({Channel} || ' ' || $1, 0))
            """,
            connection)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = identity.Id } },
        };
        await using (takeName.ConfigureAwait(false))
            return (string?)await takeName.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Increases the master's epoch, so that only this process can write as this master. Keeps the epoch if no other process has
    /// held the name since this one did.
    /// </summary>
    private async Task BeginEpoch(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var begin = new NpgsqlCommand(
            """
            WITH taken AS (UPDATE masters SET epoch = epoch + 1 WHERE id = $1 AND epoch <> $2 RETURNING epoch)
            SELECT coalesce((SELECT epoch FROM taken), $2)
            """,
            connection)
        {
            Parameters = { new NpgsqlParameter<long> { TypedValue = identity.Id }, new NpgsqlParameter<long> { TypedValue = identity.Epoch } },
        };
        await using (begin.ConfigureAwait(false))
            identity.Epoch = (long)(await begin.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    /// <summary>Closes the connection after an error.</summary>
    private async ValueTask Drop()
    {
        if (_connection is not { } lost)
            return;

        _connection = null;
        _lostProcess = lost.State == ConnectionState.Open ? 0 : _processId;
        if (lost.State == ConnectionState.Open)
            await Release(lost).ConfigureAwait(false);
        else
            await lost.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Releases the name, and returns the connection to the pool. The pool would keep the session open, and with it the name.
    /// </summary>
    private static async ValueTask Release(NpgsqlConnection connection)
    {
        await using (connection.ConfigureAwait(false))
        {
            if (connection.State != ConnectionState.Open)
                return;

            try
            {
                using var limit = new CancellationTokenSource(ReleaseTimeout);
                var release = new NpgsqlCommand("UNLISTEN *; SELECT pg_advisory_unlock_all(); RESET ALL", connection);
                await using (release.ConfigureAwait(false))
                    await release.ExecuteNonQueryAsync(limit.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (PostgreSqlErrors.IsDatabaseError(error) || error is OperationCanceledException)
            {
                // The session has ended, and with it the lock of the name.
                return;
            }
        }
    }
}
