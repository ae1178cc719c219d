using System.Data;
using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Diagnostics;
using BuildData.PostgreSql.Tasks;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Events;

/// <summary>Listens for the notifications that other masters send after their commits.</summary>
/// <remarks>
/// <para>
/// A master is a process that writes, and has a name. The process holds a name lock in the database
/// (<see cref="MasterNameLock"/>), so that no other process uses the same name. The connection that listens also holds the name
/// lock.
/// </para>
/// <para>Only the loop (<see cref="Run"/>) uses the connection after <see cref="TryStart"/>. The loop has two states:</para>
/// <list type="bullet">
/// <item>
/// Connected: the loop waits for notifications. A notification from another master sets <paramref name="newEvents"/>, which
/// wakes the publisher of events. Once a second, the loop tests the connection with a short query, which also tells whether other
/// masters listen. If the connection fails or does not answer, the loop gives up the connection.
/// </item>
/// <item>
/// Disconnected (<see cref="_connection"/> is null): the loop opens a connection, takes the name lock and listens again. Then the loop sets
/// <paramref name="newEvents"/>, because this process may have missed notifications. While the loop is disconnected, the publisher reads
/// the events once a second.
/// </item>
/// </list>
/// <para>
/// The server may notice late that a connection is lost. Until the server notices this, the session of the lost connection still holds the
/// name lock. Therefore the loop ends that session on the server. <see cref="_lostProcess"/> identifies the session.
/// </para>
/// <para>
/// If another process has taken the name lock, the loop tries again each second. Meanwhile this process can't write events:
/// the other process has increased the master's epoch, and each transaction with events checks the epoch.
/// </para>
/// <para>
/// A master that begins to listen first takes a lock that shows this, and then notifies the others. So a master that has found no other
/// listener still learns of each later one.
/// </para>
/// </remarks>
/// <param name="database">The database.</param>
/// <param name="context">The context of the store.</param>
/// <param name="identity">This process's master.</param>
/// <param name="newEvents">The signal that this class sets when there may be new events of other masters.</param>
/// <param name="sender">The sender of this process's notifications. This class tells it whether other masters may listen.</param>
internal sealed class CommitNotificationListener(
    PostgreSqlDatabase database, StoreContext context, MasterIdentity identity, AsyncSignal newEvents, CommitNotificationSender sender) : IAsyncDisposable
{
    /// <summary>
    /// The SQL expression for the name of the channel on which masters notify each other. The expression reads the table
    /// event_log.
    /// </summary>
    public const string ChannelNameSql = "'builddata_' || event_log.tableoid";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(5);

    private readonly MasterNameLock _name = new(identity);
    private readonly CancellationTokenSource _stop = new();
    private volatile NpgsqlConnection? _connection;

    // The time of the last test of the connection, as Environment.TickCount64.
    private long _lastProbe;

    // Whether a notification of another master has arrived since the last test began.
    private volatile bool _hasReceived;

    // The id of the server's process that serves the current connection.
    private int _processId;

    // The id of the server's process that served the lost connection, and may still hold the name lock; 0 if there is none.
    private int _lostProcess;
    private Task _running = Task.CompletedTask;

    /// <summary>Takes the lock of this master's name, begins to listen for notifications, and starts the loop.</summary>
    /// <returns>False if another process holds the lock. Then the loop is not started.</returns>
    public async ValueTask<bool> TryStart(CancellationToken cancellationToken)
    {
        if (!await TryListen(cancellationToken).ConfigureAwait(false))
            return false;

        _running = BackgroundLoop.StartWithoutExecutionContext(Run);
        return true;
    }

    /// <summary>Gets whether this process receives the notifications of other masters, and holds the lock of its master's name.</summary>
    public bool IsConnected => _connection is not null;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelIgnoringDisposedConnections().ConfigureAwait(false);
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
                else if (await IsProbeDue(_connection, stop).ConfigureAwait(false))
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
                // Without the connection, this process does not learn of new listeners.
                sender.RecordPossibleListener();
                if (_connection is not null)
                    Log.ListenerLost(context.Logger, error, database.Name);
                await Drop().ConfigureAwait(false);
                await Task.Delay(Interval / 4, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>
    /// Tries to open a new connection and to listen again. If the session of the lost connection still holds the lock of this
    /// master's name, ends that session. If another process holds the lock, waits a second.
    /// </summary>
    private async ValueTask ListenAgain(CancellationToken stop)
    {
        if (await TryListen(stop).ConfigureAwait(false))
        {
            Log.ListenerRestored(context.Logger, database.Name);
            newEvents.Set();
            return;
        }

        if (await EndLostSession(stop).ConfigureAwait(false))
            return;

        Log.MasterNameTaken(context.Logger, context.Options.MasterName);
        await Task.Delay(Interval, stop).ConfigureAwait(false);
    }

    /// <summary>Opens a connection, takes the lock of this master's name, and begins to listen for notifications.</summary>
    /// <returns>False if another session holds the lock. Then the connection is closed.</returns>
    private async ValueTask<bool> TryListen(CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await database.Connect(cancellationToken).ConfigureAwait(false);
        try
        {
            await SessionSettings.Apply(connection, commitsDurably: true, maxIdleTimeInTransaction: null, cancellationToken).ConfigureAwait(false);
            if (await _name.TryTakeAndReadChannelName(connection, cancellationToken).ConfigureAwait(false) is not { } channel)
                return false;

            string own = FormattableString.Invariant($"{identity.Id}");
            connection.Notification += (_, e) =>
            {
                if (e.Payload == own)
                    return;

                _hasReceived = true;
                sender.RecordPossibleListener();
                newEvents.Set();
            };
#pragma warning disable CA2100 // The channel is a constant and a number.
            var listen = new NpgsqlCommand("LISTEN " + channel, connection);
#pragma warning restore CA2100
            await using (listen.ConfigureAwait(false))
                await listen.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            await Announce(connection, own, cancellationToken).ConfigureAwait(false);
            await _name.ClaimEpoch(connection, cancellationToken).ConfigureAwait(false);
            (_connection, _processId, _lastProbe) = (connection, connection.ProcessID, Environment.TickCount64);
            return true;
        }
        finally
        {
            if (_connection != connection)
                await Release(connection).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Takes the lock that shows that the session listens, and notifies the other masters of that. From then on they send notifications.
    /// </summary>
    private static async ValueTask Announce(NpgsqlConnection connection, string own, CancellationToken cancellationToken)
    {
        var announce = new NpgsqlCommand(
            $"SELECT pg_advisory_lock_shared({SessionPurposeAdvisoryLocks.ListenerLockKeySql}), pg_notify({ChannelNameSql}, $1) FROM event_log", connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = own } },
        };
        await using (announce.ConfigureAwait(false))
            await announce.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for a notification, or until a second has passed since the last test of the connection.</summary>
    /// <returns>Whether the second has passed.</returns>
    private async ValueTask<bool> IsProbeDue(NpgsqlConnection connection, CancellationToken stop)
    {
        // The driver would take a time of zero for no limit.
        long milliseconds = _lastProbe + (long)Interval.TotalMilliseconds - Environment.TickCount64;
        return milliseconds <= 0 || !await connection.WaitAsync(TimeSpan.FromMilliseconds(milliseconds), stop).ConfigureAwait(false);
    }

    /// <summary>Runs a short query to find out whether the connection still answers, and whether other masters listen.</summary>
    /// <exception cref="TimeoutException">The connection does not answer. The caller must not use the connection any more.</exception>
    private async ValueTask Probe()
    {
        NpgsqlConnection connection = _connection!;
        _lastProbe = Environment.TickCount64;
        _hasReceived = false;
        try
        {
            bool hasOthers = await HasOtherListeners(connection).WithResponseTimeout(CancellationToken.None).ConfigureAwait(false);

            // A notification that arrived with the answer may be of a master that began to listen after the query.
            if (hasOthers || _hasReceived)
                sender.RecordPossibleListener();
            else
                sender.RecordNoListeners();
        }
        catch (TimeoutException error)
        {
            database.Abandon(connection);
            (_connection, _lostProcess) = (null, _processId);
            Log.ListenerLost(context.Logger, error, database.Name);
            throw;
        }
    }

    /// <summary>Returns whether a session of another process listens for notifications.</summary>
    private static async Task<bool> HasOtherListeners(NpgsqlConnection connection)
    {
        var query = new NpgsqlCommand(
            $"""
            SELECT EXISTS (
                SELECT FROM pg_locks AS l, event_log
                WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.pid <> pg_backend_pid()
                    AND (l.classid::bigint << 32 | l.objid::bigint) = {SessionPurposeAdvisoryLocks.ListenerLockKeySql})
            """,
            connection)
        {
            CommandTimeout = 0,
        };
        await using (query.ConfigureAwait(false))
            return await query.ExecuteScalarAsync(CancellationToken.None).ConfigureAwait(false) is true;
    }

    /// <summary>
    /// Ends the session of the lost connection on the server, if that session still holds the lock of this master's name.
    /// </summary>
    /// <returns>Whether a session was ended.</returns>
    private async ValueTask<bool> EndLostSession(CancellationToken cancellationToken)
    {
        if (_lostProcess == 0)
            return false;

        NpgsqlConnection connection = await database.Connect(cancellationToken).ConfigureAwait(false);
        try
        {
            int lostProcess = _lostProcess;
            _lostProcess = 0;
            return await _name.EndSessionIfHolder(connection, lostProcess, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await PostgreSqlDatabase.Close(connection).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the connection after an error. Does nothing if there is no connection.</summary>
    private async ValueTask Drop()
    {
        if (_connection is not { } lost)
            return;

        _connection = null;
        _lostProcess = lost.State == ConnectionState.Open ? 0 : _processId;
        if (lost.State == ConnectionState.Open)
            await Release(lost).ConfigureAwait(false);
        else
            await PostgreSqlDatabase.Close(lost).ConfigureAwait(false);
    }

    /// <summary>Releases the lock of this master's name, and returns the connection to the pool.</summary>
    /// <remarks>
    /// The pool keeps the session open, and an open session keeps its advisory locks. Therefore closing the connection is not
    /// enough.
    /// </remarks>
    private static async ValueTask Release(NpgsqlConnection connection)
    {
        try
        {
            if (connection.State != ConnectionState.Open)
                return;

            using var limit = new CancellationTokenSource(ReleaseTimeout);
            var release = new NpgsqlCommand("UNLISTEN *; SELECT pg_advisory_unlock_all(); RESET ALL", connection);
            await using (release.ConfigureAwait(false))
                await release.ExecuteNonQueryAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (PostgreSqlErrors.IsDatabaseError(error) || error is OperationCanceledException)
        {
            // The session has ended, which has released the name lock.
        }
        finally
        {
            await PostgreSqlDatabase.Close(connection).ConfigureAwait(false);
        }
    }
}
