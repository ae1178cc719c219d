using System.Globalization;
using BuildData.Api;
using BuildData.Diagnostics;
using BuildData.Events;
using BuildData.History;
using BuildData.Measuring;
using BuildData.Resources;
using BuildData.Resources.Masters;
using BuildData.Stores;
using BuildData.Updating;

namespace BuildData;

/// <summary>
/// Connects this process to a store of builds. <see cref="Data"/> has the methods to update, query and follow the builds.
/// </summary>
/// <remarks>
/// <para>The master opens the store on first use. All members are thread-safe.</para>
/// <para>Dispose the master when the process no longer needs the store. The disposal first completes all updates that the master has
/// accepted. Then it closes the store, releases the lock of the store and ends all subscriptions. A later update throws
/// <see cref="ObjectDisposedException"/> when it is awaited. If the disposal throws an exception, dispose the master again.</para>
/// </remarks>
public sealed class Master : IAsyncDisposable, IDisposable, IUpdateWriter
{
    // Disposing must complete even if the logger of the host program hangs.
    private static readonly TimeSpan LogTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan StoreRetryInterval = TimeSpan.FromMilliseconds(100);

    private readonly BuildDataOptions _options;
    private readonly SemaphoreSlim _opening = new(1, 1);

    // Cancelled when the disposal begins, which must not wait for an opening that waits for another process.
    private readonly CancellationTokenSource _disposing = new();
    private readonly IStore _store;
    private readonly HeartbeatGapTracker _heartbeats;
    private readonly EventHub _events;
    private readonly Telemetry _telemetry;
    private readonly BuildTelemetryService? _builds;
    private HistoryRemovalLoop? _historyRemoval;
    private LogMaintenanceLoop? _logMaintenance;
    private bool _isStoreOpen;
    private volatile bool _isOpen;
    private volatile bool _isDisposed;
    private bool _isClosed;

    /// <summary>Creates a master. The master opens its store on first use.</summary>
    /// <param name="options">The options. The master copies the options, so later changes of this object have no effect.</param>
    /// <exception cref="ArgumentException">An option is invalid, or no store is chosen.</exception>
    public Master(BuildDataOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options = options.Copy();
        options.Validate();
        _options = options;
        _telemetry = new Telemetry(options.LoggerFactory, options.MeterFactory, options.MasterName);
        string? readOnlyStore = options.FindReadOnlyStore();
        IsReadOnly = readOnlyStore is not null;
        var lastPublic = new LastPublicEventCursorTracker(
            (upTo, token) => _store!.Read(LastPublicEventReader.ReadOrEarliestResumable, (ResourceTypes.Catalog, upTo), token), _telemetry.LogFailedReadOfLastEvent);
        _events = new EventHub(ResourceTypes.Catalog, _telemetry, options.SubscriberBuffer, readOnlyStore, lastPublic)
        {
            KeptEvents = options.EventsKept is null ? null : new KeptEventReader(RunRead, () => _events!.Dispatcher.LastPublishedSequence),
        };
        try
        {
            var context = new StoreContext(options, _events, _telemetry, MasterTable.CreateHeartbeatUpdate);
            _heartbeats = context.Heartbeats;
            _store = options.CreateStore(context);
        }
        catch
        {
            _telemetry.Dispose();
            throw;
        }

        _builds = BuildTelemetryService.Create(options, _store, _events, _telemetry);
        Data = new DataApi(this, new QueryExecutor(_store, options.MaxResults, _telemetry) { LogChunks = options.LogStore }, new Updates(this, _telemetry, options), options.TimeProvider);
    }

    /// <summary>Gets the methods to update, query and follow the builds.</summary>
    public DataApi Data { get; }

    internal EventHub Events => _events;

    internal IStore Store => _store;

    /// <summary>
    /// Gets whether the caller can pass updates to the store immediately. This is the case while the store is open and the master is not
    /// disposed.
    /// </summary>
    bool IUpdateWriter.IsStoreOpen => _isOpen && !_isDisposed;

    /// <summary>Creates a master and opens a SQLite file, which is created if it does not exist.</summary>
    /// <param name="connectionString">The connection string, such as <c>Data Source=builds.db</c>.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <returns>The master.</returns>
    /// <inheritdoc cref="Open(CancellationToken)"/>
    public static Task<Master> Open(string connectionString, CancellationToken cancellationToken = default) =>
        Open(options => options.UseSqlite(connectionString), cancellationToken);

    /// <summary>Creates a master and opens its store.</summary>
    /// <param name="configure">Sets the options.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <returns>The master.</returns>
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

    /// <summary>Opens the store before its first use. Does nothing if the store is open. After an error, the call can be repeated.</summary>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <exception cref="StoreInUseException">
    /// The store is already open for writing. See <see cref="StoreInUseException"/> for details.
    /// </exception>
    /// <exception cref="SchemaVersionException">The library does not support the schema version of the database.</exception>
    /// <exception cref="StoreException">The store can't be opened: for example, the file is not a database or can't be written.</exception>
    /// <exception cref="ObjectDisposedException">The master is disposed.</exception>
    public Task Open(CancellationToken cancellationToken = default) => EnsureOpen(cancellationToken).AsTask();

    /// <summary>Backs up the SQLite file of this master to a new file. Reads and updates continue meanwhile. Opens the store if it is not open.</summary>
    /// <remarks>
    /// <para>The backup contains all updates that were committed before the method began to read, and no part of any later update. It is a
    /// complete database: a master can open it, and it needs no other file.</para>
    /// <para>The file gets its name when it is complete and on disk. Until then its name ends with <c>.partial</c>. If the backup fails or is
    /// cancelled, the method deletes this file. If the process is killed, the file remains, and you can delete it.</para>
    /// <para>The backup runs on a thread of its own. The write-ahead log can't be emptied while it runs, so the log grows by what is written
    /// meanwhile. The disposal of the master cancels the backup.</para>
    /// </remarks>
    /// <param name="file">The name of the new file. A relative name is relative to the current directory.</param>
    /// <param name="cancellationToken">Cancels the backup. The token has no effect when the file already has its name.</param>
    /// <exception cref="StoreException">
    /// The file exists, its directory does not exist, or it can't be written: for example, the disk is full.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// The store is not a SQLite file. Back up a PostgreSQL database with a tool of PostgreSQL, such as <c>pg_dump</c>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The master is disposed, or was disposed during the backup.</exception>
    public async Task BackupTo(string file, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(file);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        await EnsureOpen(cancellationToken).ConfigureAwait(false);
        await _store.BackupTo(Path.GetFullPath(file), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">
    /// The method was called inside the function of a transaction. The disposal would wait for the end of that transaction.
    /// </exception>
    public async ValueTask DisposeAsync()
    {
        if (Data.Updates.IsInTransaction)
            throw new InvalidOperationException("A master can't be disposed inside a transaction's function, because disposing waits for the end of the transaction. Dispose it afterwards.");

        await _disposing.CancelAsync().ConfigureAwait(false);
        await _opening.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_isClosed)
                return;

            // The loops are told to stop before their updates are refused. They can wait for an update that waits for a transaction of the host, so
            // new updates are refused first. _isOpen stays true until the store is disposed, because transactions that were accepted may still read.
            ValueTask removal = Interlocked.Exchange(ref _historyRemoval, null)?.DisposeAsync() ?? default;
            ValueTask maintenance = Interlocked.Exchange(ref _logMaintenance, null)?.DisposeAsync() ?? default;
            _isDisposed = true;
            await removal.ConfigureAwait(false);
            await maintenance.ConfigureAwait(false);
            if (_builds is not null)
                await _builds.DisposeAsync().ConfigureAwait(false);
            await _events.LastPublic.DisposeAsync().ConfigureAwait(false);
            await _store.DisposeAsync().ConfigureAwait(false);
            _isClosed = true;
        }
        finally
        {
            _isOpen = false;
            _events.Dispatcher.End();
            await _telemetry.FlushLog().WaitAsync(LogTimeout, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _telemetry.Dispose();
            _opening.Release();
        }
    }

    /// <inheritdoc cref="DisposeAsync"/>
    /// <remarks>
    /// This method blocks the thread. It exists for service containers that are disposed synchronously. Prefer <see cref="DisposeAsync"/>.
    /// </remarks>
    // Blocking is accepted here. Without this method, the file would stay locked after such a container was disposed.
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>
    /// Gets the id of this master (<see cref="MasterInfo.MasterId"/>). Null until the store is open. Null also if the store is read-only and has
    /// no master with this name.
    /// </summary>
    public long? Id { get; private set; }

    /// <summary>
    /// Gets the work that an earlier process had left open, and that this master ended when it opened the store. Null if
    /// <see cref="BuildDataOptions.RecoverOnOpen"/> was not called. Null until the store is open.
    /// </summary>
    public RecoveredWork? Recovered { get; private set; }

    /// <summary>Gets whether the store can only be read.</summary>
    internal bool IsReadOnly { get; }

    /// <summary>
    /// Opens the store if it is not open. If the store is already open, this method does not check whether the master is disposed. The
    /// store makes this check.
    /// </summary>
    internal ValueTask EnsureOpen(CancellationToken cancellationToken) =>
        _isOpen ? ValueTask.CompletedTask : OpenStore(cancellationToken);

    internal void LogFailedCancellationCallback(Exception error, long buildId) => _telemetry.LogFailedCancellationCallback(error, buildId);

    /// <summary>Writes this master's heartbeat to the store. The task completes after the commit.</summary>
    internal async Task WriteHeartbeat(CancellationToken cancellationToken)
    {
        await EnsureOpen(cancellationToken).ConfigureAwait(false);
        (StoreUpdate update, Task completed) = MasterTable.CreateHeartbeatUpdate(active: true);
        _store.Write(update, cancellationToken);
        await completed.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Merges the chunks of finished logs, and removes those of removed logs, instead of waiting until the background does it.
    /// </summary>
    internal Task MaintainLogs(CancellationToken cancellationToken) => _logMaintenance?.RunNow(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Measures and traces the builds that have finished so far. After this call, the master neither measures nor traces builds.</summary>
    /// <param name="cancellationToken">Cancels the wait, if the store is just being opened.</param>
    internal async Task EndMeasuring(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_builds is not null)
                await _builds.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Returns a sentence for each thing that does not work at present, although reads and updates may succeed.</summary>
    internal IReadOnlyList<string> FindProblems()
    {
        IReadOnlyList<string> problems = _store.FindProblems();
        return _heartbeats.FindCurrentGap(_options.TimeProvider.GetUtcNow()) is { } gap
            ? [.. problems, string.Create(CultureInfo.InvariantCulture, $"The last heartbeat of this master was {gap.TotalSeconds:0} seconds ago. Other masters may release its claims.")]
            : problems;
    }

    /// <summary>
    /// Opens the store if it is not open. Throws <see cref="ObjectDisposedException"/> if the master is being disposed.
    /// </summary>
    ValueTask IUpdateWriter.EnsureStoreIsOpen(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return EnsureOpen(cancellationToken);
    }

    void IUpdateWriter.Write(StoreUpdate update, CancellationToken cancellationToken) => _store.Write(update, cancellationToken);

    ValueTask<TResult> IUpdateWriter.Read<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken) =>
        _store.Read(read, state, cancellationToken);

    Task IUpdateWriter.MakeDurable(CancellationToken cancellationToken) => _store.MakeDurable(cancellationToken);

    Task<IStoreTransaction> IUpdateWriter.BeginTransaction(CancellationToken cancellationToken) => _store.BeginTransaction(cancellationToken);

    private async ValueTask<List<StoredEvent>> RunRead(
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
                await OpenWhenFree(cancellationToken).ConfigureAwait(false);
            _isStoreOpen = true;
            Id = await _store.Read(ReadId, _options.MasterName, cancellationToken).ConfigureAwait(false);
            await _events.LastPublic.SearchUnexaminedEvents(cancellationToken).ConfigureAwait(false);
            await Recover(cancellationToken).ConfigureAwait(false);
            if (_builds is not null)
                await _builds.Start(cancellationToken).ConfigureAwait(false);
            _isOpen = true;
            if (_options.HistoryKept is { } policy && !IsReadOnly)
                _historyRemoval = new HistoryRemovalLoop(Data.Updates, policy, _options.TimeProvider, _telemetry);
            if (!IsReadOnly)
            {
                _logMaintenance = new LogMaintenanceLoop(Data.Updates, _options, Id!.Value, _telemetry);
                Data.Updates.LogFinished = _logMaintenance.Signal;
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>
    /// Opens the store. While another process has the store open for writing, repeats the attempt, for at most
    /// <see cref="BuildDataOptions.StoreWaitTime"/>.
    /// </summary>
    private async ValueTask OpenWhenFree(CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        long start = _options.TimeProvider.GetTimestamp();
        while (true)
        {
            try
            {
                await _store.Open(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (StoreInUseException) when (_options.TimeProvider.GetElapsedTime(start) < _options.StoreWaitTime)
            {
                await Task.Delay(StoreRetryInterval, _options.TimeProvider, waiting.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
                ObjectDisposedException.ThrowIf(_disposing.IsCancellationRequested, this);
            }
        }
    }

    /// <summary>
    /// Finds the work that an earlier process of this master has left open. Ends this work if <see cref="BuildDataOptions.RecoveryResult"/>
    /// is set.
    /// </summary>
    private async ValueTask Recover(CancellationToken cancellationToken)
    {
        if (IsReadOnly)
            return;

        OpenWork work = await _store.Read(OpenWork.Read, Id!.Value, cancellationToken).ConfigureAwait(false);
        Data.Updates.SetWorkOfEarlierProcess(work);
        if (_options.RecoveryResult is not { } results)
            return;

        (StoreUpdate recovery, Task<RecoveredWork> completed) = Updates.CreateRecovery(work, results);
        _store.Write(recovery, cancellationToken);
        RecoveredWork recovered = await completed.ConfigureAwait(false);
        Recovered = recovered;
        _telemetry.LogRecovery(recovered.FinishedBuildIds.Count, recovered.FinishedStepIds.Count, recovered.ReleasedBuildRequestIds.Count);
    }

    private static async ValueTask<long?> ReadId(ReadSession session, string name, CancellationToken cancellationToken)
    {
        List<long> ids = await session.Rows<long>(session.Sql().Append($"SELECT id FROM masters WHERE name = {name}"), cancellationToken).ConfigureAwait(false);
        return ids.Count == 0 ? null : ids[0];
    }
}
