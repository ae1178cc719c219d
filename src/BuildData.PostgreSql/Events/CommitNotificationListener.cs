using System.Data;
using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Diagnostics;
using BuildData.PostgreSql.Tasks;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// Listens for the notifications that other masters send after their commits. The connection that listens also holds the lock
/// of this master's name (<see cref="MasterNameLock"/>).
/// </summary>
/// <remarks>
/// <para>
/// Only the loop (<see cref="Run"/>) uses the connection after <see cref="TryStart"/>. The loop has two states:
/// </para>
/// <list type="bullet">
/// <item>
/// Connected: the loop waits for notifications. A notification of another master sets <paramref name="newEvents"/>, for which
/// the publisher waits. After a second without a notification, the loop runs a short query. If the connection fails or does not
/// answer, the loop closes or abandons the connection.
/// </item>
/// <item>
/// Disconnected (<see cref="_connection"/> is null): the loop opens a connection, takes the name and listens again. Then it
/// sets <paramref name="newEvents"/>, because notifications may have been missed. Until then, the publisher finds events by
/// polling.
/// </item>
/// </list>
/// <para>
/// The server may notice late that a connection is lost. Until it does, the lost session still holds the name. Therefore the
/// loop ends the session of <see cref="_lostProcess"/> on the server.
/// </para>
/// <para>
/// If another process holds the name, the loop tries again each second. Until this process has the name again, it can't write
/// events. The reason is that the other process has increased the master's epoch, and each transaction with events checks the
/// epoch.
/// </para>
/// </remarks>
/// <param name="database">The database.</param>
/// <param name="context">The context of the store.</param>
/// <param name="identity">This process's master.</param>
/// <param name="newEvents">The signal that is set when there may be new events of other masters.</param>
internal sealed class CommitNotificationListener(PostgreSqlDatabase database, StoreContext context, MasterIdentity identity, AsyncSignal newEvents) : IAsyncDisposable
{
    /// <summary>An SQL expression over event_log that returns the name of the channel for notifications.</summary>
    public const string ChannelNameSql = "'builddata_' || event_log.tableoid";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(5);

    private readonly MasterNameLock _name = new(identity);
    private readonly CancellationTokenSource _stop = new();
    private NpgsqlConnection? _connection;

    // The id of the server's process that serves the current connection.
    private int _processId;

    // The id of the server's process that served the lost connection, and may still hold the name; 0 if there is none.
    private int _lostProcess;
    private Task _running = Task.CompletedTask;

    /// <summary>Takes this master's name, begins to listen, and starts the loop.</summary>
    /// <returns>False if another process holds this master's name. Then the loop is not started.</returns>
    public async ValueTask<bool> TryStart(CancellationToken cancellationToken)
    {
        if (!await TryListen(cancellationToken).ConfigureAwait(false))
            return false;

        _running = BackgroundLoop.StartWithoutExecutionContext(Run);
        return true;
    }

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

    /// <summary>
    /// Replaces the lost connection if no other session holds the name. Otherwise ends this process's lost session. If there is
    /// none to end, waits a second.
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

    /// <summary>Opens a connection, takes the name and begins to listen.</summary>
    /// <returns>False if another session holds the name. Then the connection is closed.</returns>
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
                if (e.Payload != own)
                    newEvents.Set();
            };
#pragma warning disable CA2100 // The channel is a constant and a number.
            var listen = new NpgsqlCommand("LISTEN " + channel, connection);
#pragma warning restore CA2100
            await using (listen.ConfigureAwait(false))
                await listen.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            await _name.IncreaseEpochUnlessOwn(connection, cancellationToken).ConfigureAwait(false);
            (_connection, _processId) = (connection, connection.ProcessID);
            return true;
        }
        finally
        {
            if (_connection != connection)
                await Release(connection).ConfigureAwait(false);
        }
    }

    /// <summary>Runs a short query to find out whether the connection still answers.</summary>
    /// <exception cref="TimeoutException">The connection does not answer, and was abandoned.</exception>
    private async ValueTask Probe()
    {
        NpgsqlConnection connection = _connection!;
        var probe = new NpgsqlCommand("SELECT 1", connection) { CommandTimeout = 0 };
        try
        {
            await probe.ExecuteScalarAsync(CancellationToken.None).WithResponseTimeout(CancellationToken.None).ConfigureAwait(false);
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

    /// <summary>Ends the lost session of this process on the server, if the session still holds the name.</summary>
    /// <returns>Whether a session was ended.</returns>
    private async ValueTask<bool> EndLostSession(CancellationToken cancellationToken)
    {
        if (_lostProcess == 0)
            return false;

        NpgsqlConnection connection = await database.Connect(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            int lostProcess = _lostProcess;
            _lostProcess = 0;
            return await _name.EndSessionIfItHoldsName(connection, lostProcess, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the connection after an error, if there still is one.</summary>
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

    /// <summary>Releases the name, and returns the connection to the pool.</summary>
    /// <remarks>
    /// The name must be released explicitly. The pool keeps the session open, and an open session keeps its advisory locks.
    /// </remarks>
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
