using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Diagnostics;
using BuildData.PostgreSql.Tasks;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// Notifies the other masters after commits of this process, if other masters may listen. Sends <c>NOTIFY</c> on a connection that is used
/// for nothing else.
/// </summary>
/// <remarks>
/// <para>
/// The transactions of updates do not contain <c>NOTIFY</c>, because the server lets only one transaction with <c>NOTIFY</c> commit at a
/// time. Each commit would wait until the previous commit is on disk.
/// </para>
/// <para>
/// This class sends at most one notification in 10 milliseconds. A lost notification does no harm, because the other masters read the
/// events once a second even without a notification.
/// </para>
/// <para>
/// A notification costs a transaction, and wakes each session that listens, including the session of this process. So a master that is
/// alone sends none. <see cref="CommitNotificationListener"/> finds out whether other masters listen.
/// </para>
/// </remarks>
internal sealed class CommitNotificationSender : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly AsyncSignal _requested = new();
    private readonly PostgreSqlDatabase _database;
    private readonly StoreContext _context;
    private readonly MasterIdentity _identity;
    private readonly Task _running;
    private volatile bool _mayHaveListeners = true;
    private NpgsqlConnection? _connection;
    private bool _isConfigured;

    public CommitNotificationSender(PostgreSqlDatabase database, StoreContext context, MasterIdentity identity)
    {
        _database = database;
        _context = context;
        _identity = identity;
        _running = BackgroundLoop.StartWithoutExecutionContext(Run);
    }

    /// <summary>
    /// Requests a notification if other masters may listen. Returns before the notification is sent. Call this method after the commit.
    /// </summary>
    public void RequestNotification()
    {
        if (_mayHaveListeners)
            _requested.Set();
    }

    /// <summary>Ends the notifications, because no other master listens.</summary>
    public void RecordNoListeners() => _mayHaveListeners = false;

    /// <summary>
    /// Begins the notifications, because another master may listen. Requests a notification if there were none: a commit of the meantime may
    /// be one that the other master has not read.
    /// </summary>
    public void RecordPossibleListener()
    {
        if (_mayHaveListeners)
            return;

        _mayHaveListeners = true;
        _requested.Set();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelIgnoringDisposedConnections().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
        _requested.Dispose();
        await Drop().ConfigureAwait(false);
    }

    private async Task Run()
    {
        CancellationToken stop = _stop.Token;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await _requested.Wait(Timeout.InfiniteTimeSpan, stop).ConfigureAwait(false);
                await Send(stop).ConfigureAwait(false);
                await Task.Delay(Interval, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // A lost notification does no harm, because the other masters also poll.
            catch (Exception error)
#pragma warning restore CA1031
            {
                Log.NotificationFailed(_context.Logger, error, _database.Name);
                await Drop().ConfigureAwait(false);
            }
        }
    }

    private async ValueTask Send(CancellationToken stop)
    {
        NpgsqlConnection connection = _connection ??= await _database.Connect(stop).ConfigureAwait(false);
        try
        {
            await Send(connection).WithResponseTimeout(CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _database.Abandon(connection);
            _connection = null;
            throw;
        }
    }

    private async Task Send(NpgsqlConnection connection)
    {
        // A notification need not survive a crash of the server. So the transaction that sends it need not wait for the disk.
        if (!_isConfigured)
        {
            var set = new NpgsqlCommand("SET synchronous_commit = off", connection) { CommandTimeout = 0 };
            await using (set.ConfigureAwait(false))
                await set.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
            _isConfigured = true;
        }

        var notify = new NpgsqlCommand($"SELECT pg_notify({CommitNotificationListener.ChannelNameSql}, $1) FROM event_log", connection)
        {
            CommandTimeout = 0,
            Parameters = { new NpgsqlParameter<string> { TypedValue = FormattableString.Invariant($"{_identity.Id}") } },
        };
        await using (notify.ConfigureAwait(false))
            await notify.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private async ValueTask Drop()
    {
        _isConfigured = false;
        if (_connection is { } connection)
        {
            _connection = null;
            await PostgreSqlDatabase.ResetAndClose(connection, holdsBatchLock: false).ConfigureAwait(false);
        }
    }
}
