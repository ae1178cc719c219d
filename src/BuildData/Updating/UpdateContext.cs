using System.Diagnostics.CodeAnalysis;
using BuildData.Definitions;
using BuildData.Events;
using BuildData.Queries;
using BuildData.Updating;
using BuildData.Updating.Caching;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData.Stores;

/// <summary>
/// Holds the objects that updates use while they run: the session of the transaction, the time, the cached rows, and the events to publish.
/// </summary>
/// <remarks>A store creates one context for each connection that writes. A context is not thread-safe.</remarks>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public sealed class UpdateContext
{
    private readonly StoreContext _context;

    /// <summary>Creates the context of a session's transactions.</summary>
    /// <param name="session">The session.</param>
    /// <param name="context">The context that the store was created with.</param>
    /// <param name="masterId">The id of this process's master.</param>
    /// <param name="shared">The cache that all connections of this process share; null if the store has a single writer.</param>
    public UpdateContext(WriteSession session, StoreContext context, long masterId, SharedRowCache? shared = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(context);
        Session = session;
        _context = context;
        MasterId = masterId;
        Cache = new RowCache(shared);
    }

    /// <summary>Gets the time at which the latest update began, to the microsecond.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>Gets the number of events that the updates of the transaction have added.</summary>
    public int EventCount => Events.Count;

    /// <summary>Gets the time at which the latest update began, in microseconds since 1970.</summary>
    public long At => Timestamp.ToMicroseconds(Now);

    internal WriteSession Session { get; }

    internal RowCache Cache { get; }

    internal ResourceCatalog Catalog => _context.Catalog;

    internal BuildDataOptions Options => _context.Options;

    internal long MasterId { get; }

    internal HeartbeatGapTracker Heartbeats => _context.Heartbeats;

    /// <summary>Gets whether events of builds and build requests must include properties.</summary>
    internal bool WantsProperties { get; private set; }

    /// <summary>Gets the events of all updates of the transaction, in order.</summary>
    internal List<UnnumberedEvent> Events { get; } = [];

    /// <summary>Prepares the context for the updates of a transaction.</summary>
    /// <param name="withProperties">
    /// Whether events of builds and build requests must include properties even if no subscription has asked for properties yet.
    /// </param>
    public void Begin(bool withProperties = false)
    {
        WantsProperties = _context.Events.Dispatcher.BeginBatch(withProperties);
        Cache.BeginTransaction();
    }

    /// <summary>
    /// Reads and locks the rows that updates need, before the updates run. This takes a few round trips to the database, not one for each row.
    /// All masters lock rows in the same order, so that they can't deadlock.
    /// </summary>
    /// <remarks>Call this method if each statement costs the store a round trip to a server.</remarks>
    /// <param name="updates">The updates.</param>
    /// <param name="waitsForLocks">True to wait for rows that other transactions have locked. False to skip these rows.</param>
    /// <returns>The updates that need skipped rows. The store must not run these updates in this transaction.</returns>
    public ValueTask<IReadOnlyCollection<StoreUpdate>> Prefetch(IReadOnlyList<StoreUpdate> updates, bool waitsForLocks)
    {
        ArgumentNullException.ThrowIfNull(updates);

        // The usual case: a single update whose only row is in the shared cache needs no query.
        if (!waitsForLocks && updates is [{ } single] && Updating.Prefetching.Prefetch.TrySkipPrefetch(Cache, single.PrefetchPlan(Options)))
            return new ValueTask<IReadOnlyCollection<StoreUpdate>>([]);

        return new Prefetch(this, updates, waitsForLocks).Run();
    }

    /// <summary>
    /// Returns the cached rows that updates of the transaction have used, and that the transaction has not locked in the database. The next
    /// call does not return these rows again.
    /// </summary>
    /// <remarks>
    /// If such a row has another version in the database, another transaction has changed the row, and this transaction must fail. The store
    /// must check the versions before it sends the writes of the updates, because these writes change the versions.
    /// </remarks>
    public IReadOnlyList<RowVersions> TakeRowsToVerify() => Cache.TakeRowsToVerify();

    /// <summary>Keeps rows in the cache for later transactions: the rows that the committed transaction has read or written.</summary>
    /// <param name="version">The version of all rows that the transaction has written.</param>
    public void OnCommitted(long version) => Cache.MoveToShared(version);

    /// <summary>Removes the events of updates that were rolled back, and clears the cache.</summary>
    /// <param name="eventCount">The number of events to keep. These are the events of earlier updates.</param>
    public void OnRolledBack(int eventCount)
    {
        Events.RemoveRange(eventCount, Events.Count - eventCount);
        Cache.Clear();
    }

    /// <summary>Removes the events of an update that has failed. Does not clear the cache.</summary>
    /// <param name="eventCount">The number of events to keep. These are the events of earlier updates.</param>
    internal void DropEvents(int eventCount) => Events.RemoveRange(eventCount, Events.Count - eventCount);

    /// <summary>Returns the events in the form in which the table of events stores them.</summary>
    /// <param name="first">The sequence number of the first event.</param>
    /// <param name="at">
    /// The time of the transaction, in microseconds since 1970. Null stands for the time at which the latest update began.
    /// </param>
    public IEnumerable<StoredEvent> StoredEvents(long first, long? at = null) => Events.Select((e, i) => StoredEvent.From(_context.Catalog, first + i, at ?? At, e));

    /// <summary>
    /// Removes the events from the context and returns them. The store must publish all earlier events before it publishes these events.
    /// </summary>
    /// <param name="at">
    /// The time of the transaction, in microseconds since 1970. Null stands for the time at which the latest update began.
    /// </param>
    public UpdateEvents TakeEvents(long? at = null)
    {
        var taken = new UpdateEvents([.. Events], at ?? At);
        Events.Clear();
        return taken;
    }

    internal void BeginUpdate() => Now = Timestamp.RoundDownToMicroseconds(Options.TimeProvider.GetUtcNow());

    internal void Announce(ResourceDefinition type, string name, object resource, long id, PropertyMap? properties = null) =>
        Events.Add(new UnnumberedEvent(type, name, resource, id, properties));

    /// <summary>Reads the resource with an id in the transaction.</summary>
    /// <exception cref="ResourceNotFoundException">The resource does not exist.</exception>
    internal async ValueTask<T> Get<T>(SingleQuery<T> query, long id)
        where T : class =>
        await query.Read(Session, ValidatedSpec.None, CancellationToken.None).ConfigureAwait(false)
        ?? throw new ResourceNotFoundException(query.Resource.Kind, id);

    /// <summary>Reads and locks the resource with an id. No other transaction can change the resource until this transaction ends.</summary>
    /// <exception cref="ResourceNotFoundException">The resource does not exist.</exception>
    internal async ValueTask<T> GetForUpdate<T>(SingleQuery<T> query, long id)
        where T : class =>
        await query.Read(Session, ValidatedSpec.ForUpdate, CancellationToken.None).ConfigureAwait(false)
        ?? throw new ResourceNotFoundException(query.Resource.Kind, id);

    /// <summary>
    /// Locks a row, if the store has several writers. No other transaction can lock or change the row until this transaction ends.
    /// </summary>
    /// <exception cref="ResourceNotFoundException">The resource does not exist.</exception>
    internal async ValueTask Lock<T>(SingleQuery<T> query, RowKey row)
        where T : class
    {
        if (!Session.Dialect.HasSeveralWriters || Cache.IsLocked(row))
            return;

        await GetForUpdate(query, row.Id).ConfigureAwait(false);
        Cache.SetLocked(row);
    }

    /// <summary>
    /// Changes the version of a row in the database, but not the values of the row. So a process that has cached the row notices that its
    /// copy is out of date. Does nothing if the store has a single writer.
    /// </summary>
    /// <param name="sql">
    /// A constant UPDATE statement that sets a column to the value that it already has. The parameter of the statement is the id.
    /// </param>
    /// <param name="id">The id of the row.</param>
    internal ValueTask ChangeVersion(string sql, long id) =>
        Session.Dialect.HasSeveralWriters ? Session.Execute(sql, id) : ValueTask.CompletedTask;

    /// <summary>Checks that a resource exists.</summary>
    /// <exception cref="ResourceNotFoundException">The resource does not exist.</exception>
    internal async ValueTask EnsureExists<T>(SingleQuery<T> query, RowKey row)
        where T : class
    {
        if (Cache.IsKnownToExist(row))
            return;

        await Get(query, row.Id).ConfigureAwait(false);
        Cache.SetKnownToExist(row);
    }
}
