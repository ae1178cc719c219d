using System.Data;
using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Diagnostics;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Writing;

/// <summary>A connection that writes, and the transactions on it.</summary>
/// <param name="services">Where it writes.</param>
/// <param name="isHosts">Whether its transactions are the host's own, which may think between their messages.</param>
internal sealed class WriteConnection(WriterServices services, bool isHosts) : IAsyncDisposable
{
    // A batch never waits between two messages, but for its process.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    // The server's limit is the last resort, behind the host's own.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    // Plans for small tables serve until the tables are twice as large. Then the server makes them anew.
    private const long FirstPlansAgain = 16;

    // The database may have another level for others.
    private const string BeginText = "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE";

    private PostgreSqlSession? _session;
    private UpdateContext? _updateContext;
    private readonly SingleUpdateStatements _writeOne = new();

    private long _transactions;
    private long _plansAgainAt = FirstPlansAgain;
    private bool _guards;

    // What had been published when the commit was sent. Its events come later.
    private long _published;

    public PostgreSqlSession Session => _session ??= new(services.IdReservations)
    {
        ResponseWaiter = new ResponseWaiter(services.Watchdog, services.Context.Logger, services.Database.Name),
    };

    public UpdateContext UpdateContext => _updateContext ??= new UpdateContext(Session, services.Context, services.Identity.Id, services.SharedRows);

    /// <summary>Whether the connection is there, as far as is known.</summary>
    public bool IsConnected => Session.Connection is { State: ConnectionState.Open };

    /// <summary>Whether the commit has been sent and no answer has come yet.</summary>
    public bool IsCommitting { get; private set; }

    /// <summary>The server's process of the connection.</summary>
    public int ProcessId { get; private set; }

    /// <summary>The time of the transaction that is committed, which tells its events from all others.</summary>
    public long At { get; private set; }

    /// <summary>The events of the transaction that is committed.</summary>
    public IReadOnlyList<StoredEvent> Events { get; private set; } = [];

    private TimeSpan? LongestIdle => !isHosts ? LongestPause
        : services.Context.Options.TransactionTimeout == Timeout.InfiniteTimeSpan ? null
        : services.Context.Options.TransactionTimeout + Grace;

    /// <summary>Prepares a transaction, connecting first if need be. It begins on the server with its first query.</summary>
    /// <param name="tables">The tables to be guarded against those who lock whole tables; none where nothing else is held up by it.</param>
    /// <param name="waits">Whether to wait for tables that are locked.</param>
    /// <param name="cancellationToken">Cancels the connecting.</param>
    public async ValueTask Begin(Tables tables, bool waits, CancellationToken cancellationToken)
    {
        IsCommitting = false;
        Events = [];
        if (Session.Connection is null)
            await Connect(cancellationToken).ConfigureAwait(false);

        if (++_transactions == _plansAgainAt)
            await DiscardPlans(cancellationToken).ConfigureAwait(false);

        _guards = tables != Tables.None;
        Session.Opening = _guards ? [BeginText, TableLockCheck.Statement(tables, waits)] : [BeginText];
        Session.Checks = () => [.. UpdateContext.TakeUnverified().Select(CommitStatements.Verify)];
        Session.Ended();
        UpdateContext.Begin();
    }

    /// <summary>Begins the transaction on the server at once.</summary>
    public ValueTask BeginNow(CancellationToken cancellationToken)
    {
        Session.EnsureBegun();
        return Session.Flush(cancellationToken);
    }

    /// <summary>Commits, with the events, and publishes them.</summary>
    public async ValueTask Commit()
    {
        int count = UpdateContext.EventCount;
        if (count == 0)
        {
            await CommitNothing().ConfigureAwait(false);
            return;
        }

        _published = services.Context.Published;
        At = services.Clock.Next(UpdateContext.At);
        Events = [.. UpdateContext.StoredEvents(first: 0, At)];
        var numbers = new CommitResultSink();
        List<RowSink> sinks = AddCommit(numbers);
        IsCommitting = IsConnected;
        await Session.FlushAndRead(sinks).ConfigureAwait(false);
        if (numbers.Tickets.Count == 0)
        {
            IsCommitting = false;
            throw new StaleRowsException();
        }

        IsCommitting = false;
        Session.Ended();
        Session.ReturnIds();
        UpdateEvents events = UpdateContext.TakeEvents(At);

        // The rows that are written behind a savepoint have versions of their own.
        if (!isHosts)
            UpdateContext.Committed(numbers.Version);

        // To publish may take a connection of the pool, which need not have another.
        if (isHosts)
            await Disconnect().ConfigureAwait(false);
        await services.Publisher.Committed(events, numbers.Tickets).ConfigureAwait(false);
    }

    /// <summary>Whether nobody knows, after an error, if the transaction is committed.</summary>
    public bool IsCommitOutcomeUnknown(Exception error) => IsCommitting && (PostgreSqlErrors.IsConnectionLost(error) || (error is not PostgresException && !IsConnected));

    /// <summary>Finds out what has become of a commit whose answer was lost, and publishes its events if it is in.</summary>
    /// <param name="error">The error of the commit.</param>
    /// <exception cref="StoreException">It can't be found out.</exception>
    public async ValueTask<bool> FindOutCommitOutcome(Exception error)
    {
        IReadOnlyList<long>? tickets;
        try
        {
            tickets = await services.Outcomes.FindTickets(Events, At, _published, ProcessId).ConfigureAwait(false);
        }
        catch (Exception unknown) when (PostgreSqlErrors.IsDatabaseError(unknown) || unknown is StoreException or OperationCanceledException)
        {
            await GiveUp(error).ConfigureAwait(false);
            throw services.Database.Wrap(error, isUnknown: true);
        }

        Log.OutcomeFound(services.Context.Logger, services.Database.Name, tickets is not null);
        if (tickets is null)
            return false;

        UpdateEvents events = UpdateContext.TakeEvents(At);
        await GiveUp(error).ConfigureAwait(false);
        await services.Publisher.Committed(events, tickets).ConfigureAwait(false);
        return true;
    }

    /// <summary>Gives up a connection that is lost, or does not answer.</summary>
    public async ValueTask GiveUp(Exception error)
    {
        IsCommitting = false;
        if (error is ResponseLostException)
            Abandon();
        await Rollback(isLost: true).ConfigureAwait(false);
    }

    /// <summary>Undoes the transaction. If that can't be said to the database, the connection is given up, which undoes it as well.</summary>
    /// <param name="isLost">Whether it is known that it can't be said.</param>
    public async ValueTask Rollback(bool isLost = false)
    {
        Session.DropWaiting();
        UpdateContext.Undo(0);
        if (isLost)
        {
            Session.ForgetIds();
            services.HistoryMayHaveChanged();
            await Disconnect().ConfigureAwait(false);
        }

        if (Session.Connection is null)
            return;

        try
        {
            if (Session.HasBegun)
            {
                Session.Add("ROLLBACK");
                await Session.Flush(CancellationToken.None).ConfigureAwait(false);
            }

            Session.Ended();
            Session.Unprepare();
            Session.ReturnIds();
        }
#pragma warning disable CA1031 // Whatever it is, what is left of the transaction must not come into the next.
        catch (Exception)
#pragma warning restore CA1031
        {
            Session.ForgetIds();
            services.HistoryMayHaveChanged();
            await Disconnect().ConfigureAwait(false);
        }
    }

    // To close a connection that does not answer would be to wait for it.
    private void Abandon()
    {
        if (_session?.Connection is { } connection)
            services.Database.Abandon(connection);
        (_session, _updateContext) = (null, null);
    }

    public ValueTask DisposeAsync() => Disconnect();

    private async ValueTask Connect(CancellationToken cancellationToken)
    {
        // What was published last may not be in the database that answers now.
        await services.Publisher.CheckHistory(cancellationToken).ConfigureAwait(false);
        NpgsqlConnection connection = await services.Database.Connect(cancellationToken).ConfigureAwait(false);
        try
        {
            await SessionSettings.Apply(connection, services.Context.Options.Durability == Durability.Full, LongestIdle, cancellationToken).ConfigureAwait(false);
            if (!isHosts)
                await SessionWatchdog.MarkSession(connection, cancellationToken).ConfigureAwait(false);
            ProcessId = connection.ProcessID;
            Session.Connection = connection;
        }
        finally
        {
            if (Session.Connection != connection)
                await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Until the server has analyzed a table, which can take minutes, it would go on to use plans that read all of it.
    private ValueTask DiscardPlans(CancellationToken cancellationToken)
    {
        _plansAgainAt *= 2;
        Session.Opening = null;
        Session.Add("DISCARD PLANS");
        return Session.Flush(cancellationToken);
    }

    private async ValueTask CommitNothing()
    {
        if (Session.Waiting.Count > 0)
            Session.EnsureBegun();
        if (Session.HasBegun)
        {
            Session.Add("COMMIT");
            await Session.Flush(CancellationToken.None).ConfigureAwait(false);
        }

        Session.Ended();
        Session.ReturnIds();
        UpdateContext.Committed(version: 0);
    }

    /// <summary>Adds what is sent with the writes, and returns what takes the answers.</summary>
    private List<RowSink> AddCommit(CommitResultSink numbers)
    {
        IReadOnlyList<RowVersions> unverified = UpdateContext.TakeUnverified();
        if (IsLone(unverified))
        {
            NpgsqlBatchCommand one = _writeOne.Make(Session.Waiting[0], unverified[0].Versions[0], Events[0], At, services.Identity);
            Session.DropWaiting();
            Session.Add(one);
            return [numbers];
        }

        Session.AddFirst(unverified.Select(CommitStatements.Verify));

        // Without a guard the statements of one message are a transaction of their own.
        if (_guards)
            Session.EnsureBegun();
        Session.Add(CommitStatements.AppendEvents(Events, At, services.Identity));
        if (Session.HasBegun)
            Session.Add("COMMIT");
        return [.. unverified.Select(_ => new DiscardingSink()), numbers];
    }

    private bool IsLone(IReadOnlyList<RowVersions> unverified) =>
        !_guards && !Session.HasBegun && Events.Count == 1
        && Session.Waiting is [{ } write]
        && unverified is [{ Ids: [var id], Table: var table }] && write.CommandText.StartsWith($"UPDATE {table} ", StringComparison.Ordinal) && write.Parameters[0] is NpgsqlParameter<long> key && key.TypedValue == id;

    /// <summary>Gives the connection up.</summary>
    private async ValueTask Disconnect()
    {
        Session.DropWaiting();
        if (Session.Connection is { } connection)
        {
            Session.Connection = null;
            await PostgreSqlDatabase.Close(connection, isMarked: !isHosts).ConfigureAwait(false);
        }
    }
}
