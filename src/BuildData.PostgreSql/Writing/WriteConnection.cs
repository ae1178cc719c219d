using System.Data;
using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Diagnostics;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql.Writing;

/// <summary>Represents a connection that writes. The connection runs one transaction after another. Not thread-safe.</summary>
/// <remarks>
/// The first transaction opens the connection to the server. If an error leaves the state of the session unknown, the
/// connection is closed, and the next transaction opens a new one.
/// </remarks>
/// <param name="services">The objects that all write connections of this process share.</param>
/// <param name="runsHostTransaction">
/// Whether the connection runs a transaction that the host program controls. Such a transaction may pause between its
/// statements. Otherwise the connection runs batches of updates.
/// </param>
internal sealed class WriteConnection(WriterServices services, bool runsHostTransaction) : BatchConnection
{
    // The server keeps plans for statements. A plan that was made for a small table may be bad for a larger one. So plans are
    // discarded after 16, 32, 64, … transactions, that is, about whenever the tables have doubled in size.
    private const long FirstPlanDiscard = 16;

    // Sets the isolation level, because the database may have another default.
    private const string BeginText = "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE";

    private static readonly string[] BeginStatements = [BeginText];

    private readonly WriteConnectionOpener _opener = new(services, runsHostTransaction);
    private PostgreSqlSession? _session;
    private UpdateContext? _updateContext;
    private CommitSender? _commitSender;
    private Func<IReadOnlyList<NpgsqlBatchCommand>>? _getFirstQueries;
    private UnansweredCommit? _unansweredCommit;
    private long _transactionCount;
    private long _nextPlanDiscard = FirstPlanDiscard;
    private bool _locksTables;

    public override UpdateContext UpdateContext => _updateContext ??= new UpdateContext(Session, services.Context, services.Identity.Id, services.SharedRows);

    // A transaction costs one or two round trips, a savepoint costs three.
    public override bool UsesSavepointPerUpdate => false;

    private PostgreSqlSession Session => _session ??= new(services.UnusedInsertIds)
    {
        ServerResponseWaiter = new ServerResponseWaiter(services.SessionTerminator, services.Context.Logger, services.Database.Name),
    };

    /// <summary>Gets whether the connection is open, as far as the driver knows.</summary>
    private bool IsConnected => Session.Connection is { State: ConnectionState.Open };

    /// <remarks>The server receives BEGIN together with the first query of the transaction.</remarks>
    /// <inheritdoc/>
    public override async ValueTask Begin(TableSet tables, bool waitsForLocks, CancellationToken cancellationToken)
    {
        _unansweredCommit = null;
        if (Session.Connection is null)
            Session.Connection = await _opener.Open(cancellationToken).ConfigureAwait(false);

        if (++_transactionCount == _nextPlanDiscard)
            await DiscardPlans(cancellationToken).ConfigureAwait(false);

        _locksTables = !tables.IsEmpty;
        Session.Unsent.StoreBeginStatements(
            _locksTables ? [BeginText, TableLockStatement.Build(services.Context.TableNames(tables), waitsForLocks)] : BeginStatements,
            _getFirstQueries ??= runsHostTransaction
                ? static () => [SessionPurposeAdvisoryLocks.BuildMarkAsHostTransactionStatement()]
                : () => [.. UpdateContext.TakeRowsToVerify().Select(CommitStatements.LockAndCheckVersions)]);
        UpdateContext.Begin();
    }

    /// <summary>Sends BEGIN to the server immediately, instead of together with the first query.</summary>
    public ValueTask SendBegin(CancellationToken cancellationToken)
    {
        Session.Unsent.AddBegin();
        return Session.Send(cancellationToken);
    }

    public override ValueTask<IReadOnlyCollection<StoreUpdate>> Prefetch(ArraySegment<StoreUpdate> updates, bool waitsForLocks) =>
        UpdateContext.Prefetch(updates, waitsForLocks);

    /// <exception cref="StaleRowsException">Another session has changed a row that the transaction relied on.</exception>
    /// <inheritdoc/>
    public override async ValueTask Commit()
    {
        if (UpdateContext.EventCount == 0)
        {
            await CommitWithoutEvents().ConfigureAwait(false);
            return;
        }

        long sequenceBefore = services.Context.Events.LastPublishedSequence;
        long at = services.Clock.NextUniqueTime(UpdateContext.At);
        StoredEvent[] events = [.. UpdateContext.StoredEvents(first: 0, at)];
        _commitSender ??= new CommitSender(Session, services.Identity);
        IReadOnlyList<RowVersions> rowsToVerify = UpdateContext.TakeRowsToVerify();

        // If an error occurs between here and the answer, it is unknown whether the transaction is committed.
        _unansweredCommit = IsConnected ? new UnansweredCommit(events, at, sequenceBefore, Session.Connection!.ProcessID) : null;
        CommitResultSink result = await _commitSender.SendWritesAndCommit(events, at, rowsToVerify, _locksTables).ConfigureAwait(false);
        _unansweredCommit = null;

        // A transaction of one statement returns no ticket, and writes nothing, if its row has another version than the cached one.
        if (result.Tickets.Count == 0)
            throw new StaleRowsException();

        Session.Unsent.ResetBegin();
        Session.ReservedInsertIds.MoveRestToUnused();
        UpdateEvents published = UpdateContext.TakeEvents(at);

        // A row that was written after a savepoint has another version than the other rows. So these rows are not cached.
        if (!runsHostTransaction)
            UpdateContext.OnCommitted(result.WrittenRowVersion);

        // Publishing may need a connection of the pool, and this connection may be the last one. So return it to the pool first.
        if (runsHostTransaction)
            await Disconnect().ConfigureAwait(false);
        await services.Publisher.PublishCommitted(published, result.Tickets).ConfigureAwait(false);
    }

    /// <remarks>
    /// Does not throw. If the rollback fails, the connection is closed. The server then rolls back the transaction.
    /// </remarks>
    /// <inheritdoc/>
    public override ValueTask Rollback() => Rollback(isLost: false);

    public override ValueTask BeginSavepoint() => SendNow("SAVEPOINT one_update");

    // The writes of the update are sent at once, so that an error is known to belong to this update.
    public override ValueTask ReleaseSavepoint() => SendNow("RELEASE SAVEPOINT one_update");

    public override async ValueTask RollbackToSavepoint()
    {
        Session.Unsent.Clear();
        await SendNow("ROLLBACK TO SAVEPOINT one_update").ConfigureAwait(false);
        Session.UnprepareAfterFailure();
    }

    public override bool IsDatabaseError(Exception error) => PostgreSqlErrors.IsDatabaseError(error);

    // Another master may have added the same name after the update looked for that name. The next attempt finds the name. Or another master may
    // have removed a row after the update looked for it. The next attempt does not find the row.
    public override bool IsConflict(Exception error) => PostgreSqlErrors.IsUniqueViolation(error) || PostgreSqlErrors.IsForeignKeyViolation(error);

    public override Exception Wrap(Exception error) => IsDatabaseError(error) ? services.Database.ToStoreException(error) : error;

    /// <remarks>
    /// After a conflict with another transaction or the loss of the connection, the whole batch runs again. If the server refuses a
    /// statement, each update runs separately, because the writes of all updates were sent together.
    /// </remarks>
    /// <inheritdoc/>
    public override async ValueTask<Recovery> Recover(Exception error, FailedAttempt attempt)
    {
        if (attempt.Options is { LocksTables: true, WaitsForLocks: false } && PostgreSqlErrors.IsTableLocked(error))
        {
            await Rollback().ConfigureAwait(false);
            return Recovery.RunByTables;
        }

        if (!IsDatabaseError(error) && error is not StoreException)
        {
            await Rollback().ConfigureAwait(false);
            return Recovery.Fail(error);
        }

        // The commit may have succeeded although its answer was lost. Then the updates must not run again.
        if (_unansweredCommit is { } commit && IsOutcomeUnknown(error) && await FindOutcome(commit, error).ConfigureAwait(false) is { } outcome)
            return outcome;

        // The shared cache may know a row that another master has removed.
        if (PostgreSqlErrors.IsForeignKeyViolation(error))
            services.SharedRows.Clear();

        Recovery? recovery = RecoveryPolicy.ChooseRecovery(error, attempt, hadConnection: Session.Connection is not null, IsConnected);
        if (recovery != Recovery.RunSeparately && RecoveryPolicy.MustReplaceConnection(error))
            await GiveUp(error).ConfigureAwait(false);
        else
            await Rollback().ConfigureAwait(false);

        if (recovery == Recovery.RunAgain)
            await PrepareNextAttempt(error, attempt).ConfigureAwait(false);
        return recovery ?? Recovery.Fail(services.Database.ToStoreException(error));
    }

    public override ValueTask DisposeAsync() => Disconnect();

    private bool IsOutcomeUnknown(Exception error) => PostgreSqlErrors.IsConnectionLost(error) || (error is not PostgresException && !IsConnected);

    /// <summary>
    /// Finds out whether a commit has succeeded although the server's answer was lost. If the commit has succeeded, publishes the events of
    /// the transaction.
    /// </summary>
    /// <param name="commit">The commit.</param>
    /// <param name="error">The error that has ended the wait for the answer.</param>
    /// <returns>
    /// The recovery, if the transaction is committed, or if the outcome stays unknown. Null if the transaction is not committed: the caller
    /// then chooses the recovery.
    /// </returns>
    private async ValueTask<Recovery?> FindOutcome(UnansweredCommit commit, Exception error)
    {
        IReadOnlyList<long>? tickets;
        try
        {
            tickets = await services.OutcomeFinder.FindTicketsIfCommitted(commit).ConfigureAwait(false);
        }
        catch (Exception unknown) when (IsDatabaseError(unknown) || unknown is StoreException or OperationCanceledException)
        {
            await GiveUp(error).ConfigureAwait(false);
            return Recovery.Fail(services.Database.ToStoreException(error, isOutcomeUnknown: true));
        }

        Log.CommitOutcomeFound(services.Context.Logger, services.Database.Name, tickets is not null);
        if (tickets is null)
            return null;

        UpdateEvents events = UpdateContext.TakeEvents(commit.At);
        await GiveUp(error).ConfigureAwait(false);
        await services.Publisher.PublishCommitted(events, tickets).ConfigureAwait(false);
        return Recovery.Committed;
    }

    private async ValueTask PrepareNextAttempt(Exception error, FailedAttempt attempt)
    {
        if (!PostgreSqlErrors.IsConflict(error))
        {
            services.Database.ClearPool();
            return;
        }

        Log.BatchRunsAgain(services.Context.Logger, attempt.Updates, attempt.Number, error.Message);
        if (attempt.Number > 1)
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 5 * attempt.Number))).ConfigureAwait(false);
    }

    /// <summary>
    /// Closes the connection after an error, and clears the caches. If the server does not answer, stops using the connection without
    /// closing it.
    /// </summary>
    /// <param name="error">The error that has ended the transaction.</param>
    private async ValueTask GiveUp(Exception error)
    {
        // Closing the connection would wait for the server, which does not answer.
        if (error is ResponseLostException && _session?.Connection is { } connection)
        {
            services.Database.Abandon(connection);
            (_session, _updateContext, _commitSender) = (null, null, null);
        }

        await Rollback(isLost: true).ConfigureAwait(false);
    }

    private async ValueTask Rollback(bool isLost)
    {
        // The driver may regard a command as prepared although it has failed. So the sender's commands are not used again.
        (_unansweredCommit, _commitSender) = (null, null);
        Session.Unsent.Clear();
        UpdateContext.OnRolledBack(0);
        if (isLost)
            await DisconnectAndClearCaches().ConfigureAwait(false);
        if (Session.Connection is null)
            return;

        try
        {
            if (Session.Unsent.HasAddedBegin)
                await SendNow("ROLLBACK").ConfigureAwait(false);
            Session.Unsent.ResetBegin();
            Session.UnprepareAfterFailure();
            Session.ReservedInsertIds.MoveRestToUnused();
        }
#pragma warning disable CA1031 // Whatever the error is, the next transaction must not continue this one.
        catch (Exception)
#pragma warning restore CA1031
        {
            await DisconnectAndClearCaches().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Closes the connection, and clears all caches of database rows. The reason is that another server with other rows may have taken
    /// over.
    /// </summary>
    private ValueTask DisconnectAndClearCaches()
    {
        Session.ReservedInsertIds.Clear();
        services.HandlePossibleFailover();
        return Disconnect();
    }

    // The server replaces plans by itself only when it has analyzed a table, which can take minutes. Until then it would use plans
    // that read whole tables.
    private ValueTask DiscardPlans(CancellationToken cancellationToken)
    {
        _nextPlanDiscard *= 2;
        Session.Unsent.Add("DISCARD PLANS");
        return Session.Send(cancellationToken);
    }

    /// <summary>Commits a transaction whose updates announce no events. The transaction may still have written rows.</summary>
    private async ValueTask CommitWithoutEvents()
    {
        if (Session.Unsent.Count > 0)
            Session.Unsent.AddBegin();
        if (Session.Unsent.HasAddedBegin)
            await SendNow("COMMIT").ConfigureAwait(false);

        Session.Unsent.ResetBegin();
        Session.ReservedInsertIds.MoveRestToUnused();
        UpdateContext.OnCommitted(version: 0);
    }

    private ValueTask SendNow(string sql)
    {
        Session.Unsent.Add(sql);
        return Session.Send(CancellationToken.None);
    }

    private async ValueTask Disconnect()
    {
        Session.Unsent.Clear();
        if (Session.Connection is { } connection)
        {
            // The commands of the sender are prepared on this connection.
            (Session.Connection, _commitSender) = (null, null);
            await PostgreSqlDatabase.ResetAndClose(connection, holdsBatchLock: !runsHostTransaction).ConfigureAwait(false);
        }
    }
}
