using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Copying;
using BuildData.PostgreSql.Diagnostics;
using BuildData.PostgreSql.Events;
using BuildData.PostgreSql.Maintenance;
using BuildData.PostgreSql.Schema;
using BuildData.PostgreSql.Tasks;
using BuildData.PostgreSql.Writing;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql;

/// <summary>Stores the data in one PostgreSQL database. Several masters may share the database.</summary>
internal sealed class PostgreSqlStore : IStore
{
    private readonly PostgreSqlDatabase _database;
    private readonly StoreContext _context;
    private readonly PooledReadRunner _readRunner;
    private readonly InFlightOperationCounter _transactions = new();
    private EventPublishingService? _publisher;
    private WriterServices? _services;
    private BatchScheduler? _scheduler;
    private HeartbeatAndCleanupLoop? _heartbeat;
    private readonly MasterIdentity _identity = new();

    public PostgreSqlStore(PostgreSqlDatabase database, StoreContext context)
    {
        _database = database;
        _context = context;
        _readRunner = new PooledReadRunner(database);
        context.Telemetry.ObserveQueue(() => _scheduler?.QueuedCount ?? 0);
    }

    /// <summary>Gets the loop that writes heartbeats and removes expired events; null while the store is not open.</summary>
    internal HeartbeatAndCleanupLoop? HeartbeatAndCleanupLoop => _heartbeat;

    public async Task Open(CancellationToken cancellationToken)
    {
        try
        {
            _identity.Id = await _database.RetryOnLostConnection(static (store, token) => store.Prepare(token), this, cancellationToken).ConfigureAwait(false);
            _publisher = new EventPublishingService(_database, _context, _identity);
            await _publisher.Start(cancellationToken).ConfigureAwait(false);
            var services = new WriterServices(_database, _context, _publisher, _identity);
            _services = services;
            _scheduler = new BatchScheduler(_context, () => new WriteConnection(services, runsHostTransaction: false));
            await HeartbeatAndCleanupLoop.SendHeartbeat(_context, _scheduler, CancellationToken.None).ConfigureAwait(false);
            _heartbeat = new HeartbeatAndCleanupLoop(_database, _context, _scheduler);
            _context.Telemetry.StoreOpened(_database.Name, _identity.Id);
        }
        catch (Exception error)
        {
            await Close().ConfigureAwait(false);
            if (PostgreSqlErrors.IsDatabaseError(error))
                throw _database.ToStoreException(error);
            throw;
        }
    }

    public ValueTask<TResult> Read<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken) =>
        _readRunner.Run(read, state, cancellationToken);

    public ValueTask<(TResult Result, SnapshotPosition Position)> ReadAt<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken) =>
        _readRunner.Run(
            static async (session, args, token) =>
            {
                // The snapshot contains all events that were published before it. The snapshot may also contain events that are
                // not published yet. The position lists these events, so that a follower does not receive them again.
                await session.BeginSnapshot(token).ConfigureAwait(false);
                try
                {
                    SqlBuilder sql = session.Sql();
                    sql.Append($"SELECT sequence FROM events WHERE sequence > {args.published}");
                    List<long> later = await session.Rows<long>(sql, token).ConfigureAwait(false);
                    TResult result = await args.read(session, args.state, token).ConfigureAwait(false);
                    return (result, new SnapshotPosition(args.published, later.ToHashSet()));
                }
                finally
                {
                    await session.EndSnapshot().ConfigureAwait(false);
                }
            },
            (published: _context.Events.LastPublishedSequence, read, state),
            cancellationToken);

    public void Write(StoreUpdate update, CancellationToken cancellationToken)
    {
        // The store may have been closed after the caller found it open.
        if (_scheduler is { } scheduler)
        {
            scheduler.Write(update, cancellationToken);
            return;
        }

        update.Fail(new ObjectDisposedException(nameof(Master)));
        StoreRequest.CompleteAll([update]);
    }

    public Task<IStoreTransaction> BeginTransaction(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(!_transactions.TryEnter(), typeof(Master));
        return HostTransactionStarter.Begin(_services!, _transactions.Leave, cancellationToken);
    }

    public async Task MakeDurable(CancellationToken cancellationToken)
    {
        try
        {
            // Other masters may have other options, so a change that this process can read may not be durable.
            NpgsqlConnection connection = await _database.Connect(cancellationToken).ConfigureAwait(false);
            try
            {
                await DurableCommit.Make(connection, _identity, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                await PostgreSqlDatabase.Close(connection).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (PostgreSqlErrors.IsDatabaseError(error))
        {
            throw _database.ToStoreException(error);
        }
    }

    public IReadOnlyList<string> FindProblems() => _publisher is { } publisher ? [.. publisher.FindProblems()] : [];

    public async Task<CopyConnection> OpenForCopy(CopyRole role, CancellationToken cancellationToken) =>
        await PostgreSqlCopyConnection.Open(_database, role, _context.Telemetry, cancellationToken).ConfigureAwait(false);

    public Task BackupTo(string file, CancellationToken cancellationToken) =>
        Task.FromException(new NotSupportedException($"'{_database.Name}' is a PostgreSQL database. Back it up with a tool of PostgreSQL, such as pg_dump."));

    public async ValueTask DisposeAsync()
    {
        await _transactions.Close().ConfigureAwait(false);
        bool wasOpen = _scheduler is not null;
        try
        {
            // A heartbeat after the sign-off would mark this master as active again.
            await StopHeartbeat().ConfigureAwait(false);
            if (_scheduler is { } scheduler)
                await SignOff(scheduler).ConfigureAwait(false);
            await Close().ConfigureAwait(false);
        }
        finally
        {
            await _readRunner.DisposeAsync().ConfigureAwait(false);
            await _database.DisposeAsync().ConfigureAwait(false);
        }

        if (wasOpen)
            _context.Telemetry.StoreClosed(_database.Name);
    }

    /// <summary>Writes the last update of this store. The update marks this master as inactive.</summary>
    private async ValueTask SignOff(BatchScheduler scheduler)
    {
        (StoreUpdate leaving, Task done) = _context.HeartbeatUpdate(false);
        scheduler.Close(leaving);
        try
        {
            await done.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Closing must succeed even if the database can't be reached: other masters see that the heartbeat has stopped.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Log.MarkInactiveFailed(_context.Logger, error, _database.Name);
        }
    }

    /// <summary>Creates or migrates the tables, and adds the row of this process's master if the database has none.</summary>
    /// <returns>The id of this process's master.</returns>
    private async ValueTask<long> Prepare(CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await _database.Connect(cancellationToken).ConfigureAwait(false);
        try
        {
            await TransactionPoolerDetector.ThrowIfPoolsTransactions(_database, connection, cancellationToken).ConfigureAwait(false);
            await SessionSettings.Apply(connection, commitsDurably: true, maxIdleTimeInTransaction: null, cancellationToken).ConfigureAwait(false);
            (long from, long to) = await PostgreSqlSchema.Migrate(connection, _database.Name, cancellationToken).ConfigureAwait(false);
            _context.Telemetry.StoreMigrated(_database.Name, from, to);

            // A copy that begins waits until this row is committed, or this statement waits until the copy has begun.
            string name = _context.Options.MasterName;
            var session = new PostgreSqlSession { Connection = connection };
            await session.Execute(
                "INSERT INTO masters (name, active, last_active) SELECT $1, 0, $2 WHERE NOT EXISTS (SELECT 1 FROM masters WHERE name = $1) AND NOT EXISTS (SELECT 1 FROM store_copy WHERE complete = 0) ON CONFLICT DO NOTHING",
                name, _context.Options.TimeProvider.GetUtcNow()).ConfigureAwait(false);
            List<long> ids = await session.Rows<long>(
                session.Sql().Append($"SELECT id FROM masters WHERE name = {name}"), cancellationToken).ConfigureAwait(false);
            await CopyConnection.ThrowIfUnfinished(session, _database.Name, cancellationToken).ConfigureAwait(false);
            return ids[0];
        }
        finally
        {
            await PostgreSqlDatabase.ResetAndClose(connection, holdsBatchLock: false).ConfigureAwait(false);
        }
    }

    private async ValueTask StopHeartbeat()
    {
        if (Interlocked.Exchange(ref _heartbeat, null) is { } heartbeat)
            await heartbeat.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask Close()
    {
        await StopHeartbeat().ConfigureAwait(false);
        (BatchScheduler? scheduler, EventPublishingService? publisher) = (_scheduler, _publisher);
        (_scheduler, _publisher) = (null, null);
        if (scheduler is not null)
            await scheduler.DisposeAsync().ConfigureAwait(false);
        if (publisher is not null)
            await publisher.DisposeAsync().ConfigureAwait(false);
    }
}
