using System.Data;
using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Diagnostics;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Runs transactions on a connection that writes, one at a time. Not safe for use by several threads at the same time.
/// </summary>
/// <remarks>
/// <para>
/// The connection is opened by the first transaction. After an error that leaves the state of the session unknown, it is closed,
/// and the next transaction opens another one.
/// </para>
/// <para>
/// A commit is one message: the statements that verify cached rows, the writes, the statement that draws the tickets and stores
/// the events, and COMMIT. The server has received all of it before it draws a ticket. So it never waits for this process while it
/// holds a ticket, for which all readers of events wait. Events are published after the server's answer.
/// </para>
/// </remarks>
/// <param name="services">The objects that all connections that write share.</param>
/// <param name="isHosts">Whether the connection serves a transaction of the host, which may pause between its messages.</param>
internal sealed class WriteConnection(WriterServices services, bool isHosts) : IAsyncDisposable
{
    // The server ends a batch that is idle for longer. A batch sends its messages without pauses, unless its process is stopped.
    private static readonly TimeSpan MaxBatchPause = TimeSpan.FromSeconds(10);

    // The server's limit for a transaction of the host is longer than TransactionTimeout by this time: it is only the last resort.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    // The server keeps plans for statements. A plan that was made for a small table may be bad for a larger one. So plans are
    // discarded after 16, 32, 64, … transactions, that is, about whenever the tables have doubled in size.
    private const long FirstPlanDiscard = 16;

    // Sets the isolation level, because the database may have another default.
    private const string BeginText = "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE";

    private PostgreSqlSession? _session;
    private UpdateContext? _updateContext;
    private readonly SingleUpdateStatements _singleUpdates = new();

    private long _transactionCount;
    private long _nextPlanDiscard = FirstPlanDiscard;
    private bool _locksTables;

    // The last published sequence number when the commit was sent. The events of the commit have higher numbers.
    private long _publishedBefore;

    public PostgreSqlSession Session => _session ??= new(services.IdReservations)
    {
        ResponseWaiter = new ResponseWaiter(services.Watchdog, services.Context.Logger, services.Database.Name),
    };

    public UpdateContext UpdateContext => _updateContext ??= new UpdateContext(Session, services.Context, services.Identity.Id, services.SharedRows);

    /// <summary>Gets whether the connection is open, as far as the driver knows.</summary>
    public bool IsConnected => Session.Connection is { State: ConnectionState.Open };

    /// <summary>Gets whether a commit has been sent and its answer has not arrived.</summary>
    public bool IsCommitting { get; private set; }

    /// <summary>Gets the id of the server's process that serves the connection.</summary>
    public int ProcessId { get; private set; }

    /// <summary>
    /// Gets the time of the transaction that commits, in microseconds since 1970. It differs from those of all others of this
    /// process.
    /// </summary>
    public long At { get; private set; }

    /// <summary>Gets the events of the transaction that commits.</summary>
    public IReadOnlyList<StoredEvent> Events { get; private set; } = [];

    // The time after which the server ends the session if it is idle inside a transaction.
    private TimeSpan? MaxIdleTime => !isHosts ? MaxBatchPause
        : services.Context.Options.TransactionTimeout == Timeout.InfiniteTimeSpan ? null
        : services.Context.Options.TransactionTimeout + Grace;

    /// <summary>
    /// Prepares a transaction, and connects first if necessary. The transaction begins on the server with its first query.
    /// </summary>
    /// <param name="tables">
    /// The tables to lock first, to detect that another session has locked one of them as a whole; may be none.
    /// </param>
    /// <param name="waits">Whether to wait for tables that are locked. Otherwise the first query fails.</param>
    /// <param name="cancellationToken">Cancels the connection attempt.</param>
    public async ValueTask Begin(Tables tables, bool waits, CancellationToken cancellationToken)
    {
        IsCommitting = false;
        Events = [];
        if (Session.Connection is null)
            await Connect(cancellationToken).ConfigureAwait(false);

        if (++_transactionCount == _nextPlanDiscard)
            await DiscardPlans(cancellationToken).ConfigureAwait(false);

        _locksTables = tables != Tables.None;
        Session.Opening = _locksTables ? [BeginText, TableLockCheck.Statement(tables, waits)] : [BeginText];
        Session.Checks = isHosts
            ? static () => [SessionWatchdog.MarkTransaction()]
            : () => [.. UpdateContext.TakeUnverified().Select(CommitStatements.Verify)];
        Session.Ended();
        UpdateContext.Begin();
    }

    /// <summary>Begins the prepared transaction on the server at once.</summary>
    public ValueTask BeginNow(CancellationToken cancellationToken)
    {
        Session.EnsureBegun();
        return Session.Flush(cancellationToken);
    }

    /// <summary>Commits the transaction with its events, and publishes them.</summary>
    /// <exception cref="StaleRowsException">Another session has changed a row that the transaction relied on.</exception>
    public async ValueTask Commit()
    {
        int count = UpdateContext.EventCount;
        if (count == 0)
        {
            await CommitNothing().ConfigureAwait(false);
            return;
        }

        _publishedBefore = services.Context.LastPublishedSequence;
        At = services.Clock.Next(UpdateContext.At);
        Events = [.. UpdateContext.StoredEvents(first: 0, At)];
        var commitResult = new CommitResultSink();
        List<RowSink> sinks = AddCommit(commitResult);
        // From here to the answer, an error leaves it unknown whether the transaction is committed.
        IsCommitting = IsConnected;
        await Session.FlushAndRead(sinks).ConfigureAwait(false);
        // The statement of a single update returns no ticket if its row has another version, and then writes nothing.
        if (commitResult.Tickets.Count == 0)
        {
            IsCommitting = false;
            throw new StaleRowsException();
        }

        IsCommitting = false;
        Session.Ended();
        Session.ReturnIds();
        UpdateEvents events = UpdateContext.TakeEvents(At);

        // Rows that were written behind a savepoint have other versions than that of the transaction, so they are not cached.
        if (!isHosts)
            UpdateContext.Committed(commitResult.Version);

        // Publishing may need a connection of the pool, and this one may be the last. So return it first.
        if (isHosts)
            await Disconnect().ConfigureAwait(false);
        await services.Publisher.Committed(events, commitResult.Tickets).ConfigureAwait(false);
    }

    /// <summary>Returns whether an error leaves it unknown if the transaction is committed.</summary>
    public bool IsCommitOutcomeUnknown(Exception error) => IsCommitting && (PostgreSqlErrors.IsConnectionLost(error) || (error is not PostgresException && !IsConnected));

    /// <summary>Finds out whether a commit whose answer was lost has succeeded, and publishes its events if it has.</summary>
    /// <param name="error">The error of the commit.</param>
    /// <returns>Whether the transaction is committed.</returns>
    /// <exception cref="StoreException">The outcome can't be found out.</exception>
    public async ValueTask<bool> FindOutCommitOutcome(Exception error)
    {
        IReadOnlyList<long>? tickets;
        try
        {
            tickets = await services.Outcomes.FindTickets(Events, At, _publishedBefore, ProcessId).ConfigureAwait(false);
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

    /// <summary>Gives up a connection that is lost or does not answer, and discards its transaction.</summary>
    public async ValueTask GiveUp(Exception error)
    {
        IsCommitting = false;
        if (error is ResponseLostException)
            Abandon();
        await Rollback(isLost: true).ConfigureAwait(false);
    }

    /// <summary>Rolls back the transaction. If that fails, closes the connection, which makes the server roll back.</summary>
    /// <param name="isLost">Whether the connection is known to be lost.</param>
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
#pragma warning disable CA1031 // Whatever the error is, the next transaction must not continue this one.
        catch (Exception)
#pragma warning restore CA1031
        {
            Session.ForgetIds();
            services.HistoryMayHaveChanged();
            await Disconnect().ConfigureAwait(false);
        }
    }

    // Closing a connection that does not answer would wait for it.
    private void Abandon()
    {
        if (_session?.Connection is { } connection)
            services.Database.Abandon(connection);
        (_session, _updateContext) = (null, null);
    }

    public ValueTask DisposeAsync() => Disconnect();

    private async ValueTask Connect(CancellationToken cancellationToken)
    {
        // A server without the last published event may have taken over. Find out before anything is written.
        await services.Publisher.CheckHistory(cancellationToken).ConfigureAwait(false);
        NpgsqlConnection connection = await services.Database.Connect(cancellationToken).ConfigureAwait(false);
        try
        {
            await SessionSettings.Apply(connection, services.Context.Options.Durability == Durability.Full, MaxIdleTime, cancellationToken).ConfigureAwait(false);
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

    // The server replaces plans by itself only when it has analyzed a table, which can take minutes. Until then it would use plans
    // that read whole tables.
    private ValueTask DiscardPlans(CancellationToken cancellationToken)
    {
        _nextPlanDiscard *= 2;
        Session.Opening = null;
        Session.Add("DISCARD PLANS");
        return Session.Flush(cancellationToken);
    }

    /// <summary>Ends a transaction without events. Its writes, if there are any, are committed.</summary>
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

    /// <summary>Adds the statements of the commit to the writes.</summary>
    /// <returns>The sinks that read their results.</returns>
    private List<RowSink> AddCommit(CommitResultSink commitResult)
    {
        // A single update of a cached row is sent as one statement, which is a transaction by itself.
        IReadOnlyList<RowVersions> unverified = UpdateContext.TakeUnverified();
        if (IsSingleUpdate(unverified))
        {
            NpgsqlBatchCommand single = _singleUpdates.Make(Session.Waiting[0], unverified[0].Versions[0], Events[0], At, services.Identity);
            Session.DropWaiting();
            Session.Add(single);
            return [commitResult];
        }

        // Versions must be verified before the writes, which change them.
        Session.AddFirst(unverified.Select(CommitStatements.Verify));

        // If tables are locked first, the transaction needs BEGIN. Otherwise the server runs the statements of one message as one
        // transaction, without BEGIN and COMMIT.
        if (_locksTables)
            Session.EnsureBegun();
        Session.Add(CommitStatements.AppendEvents(Events, At, services.Identity));
        if (Session.HasBegun)
            Session.Add("COMMIT");
        return [.. unverified.Select(_ => new DiscardingSink()), commitResult];
    }

    /// <summary>Returns whether the transaction is one update of the one cached row that it relies on, with one event.</summary>
    private bool IsSingleUpdate(IReadOnlyList<RowVersions> unverified) =>
        !_locksTables && !Session.HasBegun && Events.Count == 1
        && Session.Waiting is [{ } write]
        && unverified is [{ Ids: [var id], Table: var table }] && write.CommandText.StartsWith($"UPDATE {table} ", StringComparison.Ordinal) && write.Parameters[0] is NpgsqlParameter<long> key && key.TypedValue == id;

    /// <summary>Closes the connection.</summary>
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
