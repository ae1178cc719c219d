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
/// Holds what updates use while they run: the session of the transaction, the time, the cached rows, and the events to publish.
/// </summary>
/// <remarks>A store creates one context for each connection that writes. It is not thread-safe.</remarks>
[Experimental(Seam.DiagnosticId)]
public sealed class UpdateContext
{
    private readonly StoreContext _context;

    /// <summary>Creates the context of a session's transactions.</summary>
    /// <param name="session">The session.</param>
    /// <param name="context">The context that the store was created with.</param>
    /// <param name="masterId">The id of this process's master.</param>
    /// <param name="shared">The cache that the connections of this process share, if other processes write too; otherwise null.</param>
    public UpdateContext(WriteSession session, StoreContext context, long masterId, SharedRowCache? shared = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(context);
        Session = session;
        _context = context;
        MasterId = masterId;
        Cache = new RowCache(shared);
    }

    /// <summary>Gets the time of the latest update, to the microsecond.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>Gets the number of events that the updates of the transaction have announced.</summary>
    public int EventCount => Events.Count;

    /// <summary>Gets the time of the latest update, in microseconds since 1970.</summary>
    public long At => Timestamp.ToMicroseconds(Now);

    internal WriteSession Session { get; }

    internal RowCache Cache { get; }

    internal ResourceCatalog Catalog => _context.Catalog;

    internal BuildDataOptions Options => _context.Options;

    internal long MasterId { get; }

    internal HeartbeatTracker Heartbeats => _context.Heartbeats;

    /// <summary>Gets whether events of builds and build requests must include properties.</summary>
    internal bool WantsProperties { get; private set; }

    /// <summary>Gets the events of all updates of the transaction, in order.</summary>
    internal List<PendingEvent> Events { get; } = [];

    /// <summary>Prepares the context for the updates of a transaction.</summary>
    /// <param name="withProperties">Whether events of builds and build requests include properties even if no subscription needs them yet.</param>
    public void Begin(bool withProperties = false)
    {
        WantsProperties = _context.Events.Dispatcher.BeginBatch(withProperties);
        Cache.BeginTransaction();
    }

    /// <summary>
    /// Prefetches the rows of updates: reads and locks together what the updates would otherwise query one by one. All masters lock rows
    /// in the same order.
    /// </summary>
    /// <remarks>A store for which each statement costs a round trip calls this before it runs the updates.</remarks>
    /// <param name="updates">The updates.</param>
    /// <param name="waitsForLocks">Whether to wait for rows that other transactions have locked.</param>
    /// <returns>The updates whose rows other transactions have locked. These updates must not be run.</returns>
    public ValueTask<IReadOnlyCollection<StoreUpdate>> Prefetch(IReadOnlyList<StoreUpdate> updates, bool waitsForLocks)
    {
        ArgumentNullException.ThrowIfNull(updates);

        // The usual case: a single update whose only row is in the shared cache needs no query.
        if (!waitsForLocks && updates is [{ } single] && Updating.Prefetching.Prefetch.TryUseSharedRow(Cache, single.PrefetchPlan(Options)))
            return new ValueTask<IReadOnlyCollection<StoreUpdate>>([]);

        return new Prefetch(this, updates, waitsForLocks).Run();
    }

    /// <summary>
    /// Removes and returns the rows that the updates use from the cache without a lock.
    /// </summary>
    /// <remarks>
    /// The transaction must fail if a row has another version in the database. The store must verify the versions before it sends the
    /// updates' writes, because the writes change them.
    /// </remarks>
    public IReadOnlyList<RowVersions> TakeRowsToVerify() => Cache.TakeRowsToVerify();

    /// <summary>Keeps the rows that a committed transaction has read and written, for later transactions.</summary>
    /// <param name="version">The version of the rows that the transaction has written.</param>
    public void OnCommitted(long version) => Cache.MoveToShared(version);

    /// <summary>Drops the events of updates that were rolled back, and clears the cache.</summary>
    /// <param name="eventCount">The number of events to keep.</param>
    public void OnRolledBack(int eventCount)
    {
        Events.RemoveRange(eventCount, Events.Count - eventCount);
        Cache.Clear();
    }

    /// <summary>Drops the events of an update that failed before it wrote. The cache stays valid.</summary>
    /// <param name="eventCount">The number of events to keep.</param>
    internal void DropEvents(int eventCount) => Events.RemoveRange(eventCount, Events.Count - eventCount);

    /// <summary>Returns the events in the form in which the table of events stores them.</summary>
    /// <param name="first">The sequence number of the first event.</param>
    /// <param name="at">The time of the transaction, in microseconds since 1970. If null, the time of its latest update is used.</param>
    public IEnumerable<StoredEvent> StoredEvents(long first, long? at = null) => Events.Select((e, i) => StoredEvent.From(_context.Catalog, first + i, at ?? At, e));

    /// <summary>Removes the events from the context and returns them. The store publishes them after all events before them.</summary>
    /// <param name="at">The time of the transaction, in microseconds since 1970. If null, the time of its latest update is used.</param>
    public UpdateEvents TakeEvents(long? at = null)
    {
        var taken = new UpdateEvents([.. Events], at ?? At);
        Events.Clear();
        return taken;
    }

    internal void BeginUpdate() => Now = Timestamp.RoundDownToMicroseconds(Options.TimeProvider.GetUtcNow());

    internal void Announce(ResourceDefinition type, string name, object resource, long id, PropertyMap? properties = null) =>
        Events.Add(new PendingEvent(type, name, resource, id, properties));

    /// <summary>Reads the resource with an id in the transaction.</summary>
    /// <exception cref="ResourceNotFoundException">The resource does not exist.</exception>
    internal async ValueTask<T> Get<T>(SingleQuery<T> query, long id)
        where T : class =>
        await query.Read(Session, ValidatedSpec.None, CancellationToken.None).ConfigureAwait(false)
        ?? throw new ResourceNotFoundException(query.Resource.Kind, id);

    /// <summary>Reads and locks the resource with an id. No other transaction can change it until this one ends.</summary>
    /// <exception cref="ResourceNotFoundException">The resource does not exist.</exception>
    internal async ValueTask<T> GetForUpdate<T>(SingleQuery<T> query, long id)
        where T : class =>
        await query.Read(Session, ValidatedSpec.ForUpdate, CancellationToken.None).ConfigureAwait(false)
        ?? throw new ResourceNotFoundException(query.Resource.Kind, id);

    /// <summary>Locks a row, if other connections can write. Until the transaction ends, no other one can lock or change the row.</summary>
    /// <exception cref="ResourceNotFoundException">The resource does not exist.</exception>
    internal async ValueTask Lock<T>(SingleQuery<T> query, RowKey row)
        where T : class
    {
        if (!Session.Dialect.HasSeveralWriters || Cache.IsLocked(row))
            return;

        await GetForUpdate(query, row.Id).ConfigureAwait(false);
        Cache.SetLocked(row);
    }

    /// <summary>Gives a row a new version although its values stay the same, if other processes may have cached the row.</summary>
    /// <param name="sql">A constant UPDATE that changes no value. Its parameter is the id.</param>
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
