using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql;

/// <summary>The store of several masters: one PostgreSQL database.</summary>
internal sealed class PostgreSqlStore : IStore
{
    private readonly Server _server;
    private readonly StoreContext _context;
    private readonly Readers _readers;
    private readonly Guests _transactions = new();
    private Announcer? _announcer;
    private Site? _site;
    private Lanes? _lanes;
    private Upkeep? _upkeep;
    private readonly MasterIdentity _identity = new();

    public PostgreSqlStore(Server server, StoreContext context)
    {
        _server = server;
        _context = context;
        _readers = new Readers(server);
        context.ObserveQueue(() => _lanes?.Waiting ?? 0);
    }

    /// <summary>What is done from time to time, once the store is open.</summary>
    internal Upkeep? Upkeep => _upkeep;

    public async Task Open(CancellationToken cancellationToken)
    {
        try
        {
            _identity.Id = await _server.Retry(static (store, token) => store.Prepare(token), this, cancellationToken).ConfigureAwait(false);
            _announcer = new Announcer(_server, _context, _identity);
            await _announcer.Start(cancellationToken).ConfigureAwait(false);
            _site = new Site(_server, _context, _announcer, _identity);
            _lanes = new Lanes(_site);
            await Upkeep.Beat(_context, _lanes, CancellationToken.None).ConfigureAwait(false);
            _upkeep = new Upkeep(_server, _context, _lanes);
            _context.StoreOpened(_server.Name, _identity.Id);
        }
        catch (Exception error)
        {
            await Close().ConfigureAwait(false);
            if (Errors.IsOurs(error))
                throw _server.Wrap(error);
            throw;
        }
    }

    public ValueTask<TResult> Read<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken) =>
        _readers.Read(read, state, cancellationToken);

    public ValueTask<(TResult Result, SnapshotPosition Position)> ReadAt<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken) =>
        _readers.Read(
            static async (session, args, token) =>
            {
                // What has been published is in the snapshot, and of what has not, what it sees already.
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
            (published: _context.Published, read, state),
            cancellationToken);

    public void Write(StoreUpdate update, CancellationToken cancellationToken)
    {
        // It may have been closed after its caller found it open.
        if (_lanes is { } lanes)
        {
            lanes.Write(update, cancellationToken);
            return;
        }

        update.Fail(new ObjectDisposedException(nameof(Master)));
        StoreRequest.CompleteAll([update]);
    }

    public Task<IStoreTransaction> BeginTransaction(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(!_transactions.TryEnter(), typeof(Master));
        return HostTransaction.Begin(_site!, _transactions.Leave, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _transactions.Close().ConfigureAwait(false);
        bool wasOpen = _lanes is not null;
        try
        {
            // A heartbeat after this master has signed off would have it back.
            await EndUpkeep().ConfigureAwait(false);
            if (_lanes is { } lanes)
                await SignOff(lanes).ConfigureAwait(false);
            await Close().ConfigureAwait(false);
        }
        finally
        {
            await _readers.DisposeAsync().ConfigureAwait(false);
            await _server.DisposeAsync().ConfigureAwait(false);
        }

        if (wasOpen)
            _context.StoreClosed(_server.Name);
    }

    private async ValueTask SignOff(Lanes lanes)
    {
        (StoreUpdate leaving, Task done) = StoreContext.SetActive(false);
        lanes.Close(leaving);
        try
        {
            await done.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, nobody can be told that this master leaves, and leave it does.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Log.NotSignedOff(_context.Logger, error, _server.Name);
        }
    }

    /// <summary>Makes the tables or brings them up to date, and returns the id of this process's master.</summary>
    private async ValueTask<long> Prepare(CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await _server.Connect(cancellationToken).ConfigureAwait(false);
        try
        {
            await PoolerCheck.Run(_server, connection, cancellationToken).ConfigureAwait(false);
            await Settings.Apply(connection, isDurable: true, idle: null, cancellationToken).ConfigureAwait(false);
            (long from, long to) = await Schema.Migrate(connection, _server.Name, cancellationToken).ConfigureAwait(false);
            _context.StoreMigrated(_server.Name, from, to);

            string name = _context.Options.MasterName;
            var session = new PostgreSqlSession { Connection = connection };
            await session.Execute(
                "INSERT INTO masters (name, active, last_active) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING",
                name, _context.Options.TimeProvider.GetUtcNow()).ConfigureAwait(false);
            List<long> ids = await session.Rows<long>(
                session.Sql().Append($"SELECT id FROM masters WHERE name = {name}"), cancellationToken).ConfigureAwait(false);
            return ids[0];
        }
        finally
        {
            await Server.Close(connection, isMarked: false).ConfigureAwait(false);
        }
    }

    private async ValueTask EndUpkeep()
    {
        if (Interlocked.Exchange(ref _upkeep, null) is { } upkeep)
            await upkeep.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask Close()
    {
        await EndUpkeep().ConfigureAwait(false);
        (Lanes? lanes, Announcer? announcer) = (_lanes, _announcer);
        (_lanes, _announcer) = (null, null);
        if (lanes is not null)
            await lanes.DisposeAsync().ConfigureAwait(false);
        if (announcer is not null)
            await announcer.DisposeAsync().ConfigureAwait(false);
    }
}
