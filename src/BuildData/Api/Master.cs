using BuildData.Events;
using BuildData.Stores;

namespace BuildData;

/// <summary>
/// The state of a host's builds: a store, opened on first use, and the ways to change, read and follow it. Safe for any
/// number of threads. Disposing it finishes the updates that it has accepted, lets later ones fail with
/// <see cref="ObjectDisposedException"/>, ends subscriptions, and leaves no lock and no thread behind. If that fails, it can be
/// disposed again.
/// </summary>
public sealed class Master : IAsyncDisposable, IDisposable, IUpdateWriter
{
    // A logger that hangs must not keep the store from being closed.
    private static readonly TimeSpan LogPatience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly IStore _store;
    private readonly EventHub _events;
    private readonly Telemetry _telemetry;
    private bool _isStoreOpen;
    private volatile bool _isOpen;
    private volatile bool _isDisposed;
    private bool _isClosed;

    /// <summary>A master that opens its store on first use.</summary>
    /// <exception cref="ArgumentException">An option makes no sense, or no store is chosen.</exception>
    public Master(BuildDataOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options = options.Copy();
        options.ThrowIfNoStore();
        options.Validate();
        _telemetry = new Telemetry(options.LoggerFactory, options.MeterFactory);
        var lastPublic = new LastPublicEvent(
            (upTo, token) => _store!.Read(PublicEvents.LastOrBeginning, (Catalog.Resources, upTo), token), _telemetry.LastEventNotRead);
        _events = new EventHub(Catalog.Resources, _telemetry, options.SubscriberBuffer, options.ReadOnlyStore, lastPublic)
        {
            Kept = options.EventsKept is null ? null : new EventHistory(ReadEvents, () => _events!.Position),
        };
        try
        {
            _store = options.CreateStore(new StoreContext(options, _events, _telemetry, MasterTable.HeartbeatUpdate));
        }
        catch
        {
            _telemetry.Dispose();
            throw;
        }

        Data = new DataApi(this, new QueryExecutor(_store, options.MaxRows, _telemetry), new Updates(this, _telemetry), options.TimeProvider);
    }

    /// <summary>The data: queries, updates and events.</summary>
    public DataApi Data { get; }

    internal EventHub Events => _events;

    internal IStore Store => _store;

    /// <summary>Whether updates can go straight to the store.</summary>
    bool IUpdateWriter.TakesUpdates => _isOpen && !_isDisposed;

    /// <summary>Opens a SQLite file, which is made if it does not exist.</summary>
    /// <param name="connectionString"><c>Data Source=builds.db</c>.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <inheritdoc cref="Open(CancellationToken)"/>
    public static Task<Master> Open(string connectionString, CancellationToken cancellationToken = default) =>
        Open(options => options.UseSqlite(connectionString), cancellationToken);

    /// <summary>Opens a store with options.</summary>
    /// <param name="configure">Sets the options.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <inheritdoc cref="Open(CancellationToken)"/>
    public static async Task<Master> Open(Action<BuildDataOptions> configure, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new BuildDataOptions();
        configure(options);
        var master = new Master(options);
        try
        {
            await master.Open(cancellationToken).ConfigureAwait(false);
            return master;
        }
        catch
        {
            await master.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens the store now rather than on first use. Does nothing if it is open. After an error it can be tried again.</summary>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <exception cref="StoreInUseException">The file is open for writing elsewhere.</exception>
    /// <exception cref="SchemaVersionException">The schema is newer than this library.</exception>
    /// <exception cref="StoreException">The file is no database, can't be written, ….</exception>
    /// <exception cref="ObjectDisposedException">The master is disposed.</exception>
    public Task Open(CancellationToken cancellationToken = default) => EnsureOpen(cancellationToken).AsTask();

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It is called by the function of a transaction, whose end it would wait for.</exception>
    public async ValueTask DisposeAsync()
    {
        if (Data.Updates.IsInTransaction)
            throw new InvalidOperationException("A master can't be disposed by the function of a transaction: it waits for its end.");

        await _opening.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_isClosed)
                return;

            // It stays open for what it has accepted: a transaction may want to read.
            _isDisposed = true;
            await _events.LastPublic.DisposeAsync().ConfigureAwait(false);
            await _store.DisposeAsync().ConfigureAwait(false);
            _isClosed = true;
        }
        finally
        {
            _isOpen = false;
            _events.End();
            await _telemetry.Flush().WaitAsync(LogPatience, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _telemetry.Dispose();
            _opening.Release();
        }
    }

    /// <inheritdoc cref="DisposeAsync"/>
    /// <remarks>For containers that are disposed synchronously. It blocks the thread; prefer <see cref="DisposeAsync"/>.</remarks>
    // Whoever calls this has no asynchronous way, and without it would leave the file locked until the process ends.
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Opens the store, if it is not. One that is being closed refuses by itself what it can't do any more.</summary>
    internal ValueTask EnsureOpen(CancellationToken cancellationToken) =>
        _isOpen ? ValueTask.CompletedTask : OpenStore(cancellationToken);

    /// <summary>As <see cref="EnsureOpen"/>, for what is new and not to be accepted any more once the master is being disposed.</summary>
    ValueTask IUpdateWriter.EnsureTakesUpdates(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return EnsureOpen(cancellationToken);
    }

    void IUpdateWriter.Write(StoreUpdate update, CancellationToken cancellationToken) => _store.Write(update, cancellationToken);

    Task<IStoreTransaction> IUpdateWriter.BeginTransaction(CancellationToken cancellationToken) => _store.BeginTransaction(cancellationToken);

    private async ValueTask<List<StoredEvent>> ReadEvents(
        Func<ReadSession, CancellationToken, ValueTask<List<StoredEvent>>> read, CancellationToken cancellationToken)
    {
        await EnsureOpen(cancellationToken).ConfigureAwait(false);
        return await _store.Read(static (session, read, token) => read(session, token), read, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask OpenStore(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_isOpen)
                return;

            if (!_isStoreOpen)
                await _store.Open(cancellationToken).ConfigureAwait(false);
            _isStoreOpen = true;
            await _events.LastPublic.Read(cancellationToken).ConfigureAwait(false);
            _isOpen = true;
        }
        finally
        {
            _opening.Release();
        }
    }
}
