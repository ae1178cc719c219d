using BuildData.Definitions;
using BuildData.Events;
using BuildData.Queries;
using BuildData.Stores;
using BuildData.Updating;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData;

/// <summary>
/// What updates work with: a transaction, the time, the rows that are held, and the events to be announced. A store has one for
/// each connection that writes.
/// </summary>
public sealed class UpdateContext
{
    private readonly StoreContext _context;

    /// <summary>Creates the context of a session's transactions.</summary>
    /// <param name="session">The session.</param>
    /// <param name="context">What the store was made with.</param>
    /// <param name="masterId">The id of this process's master.</param>
    /// <param name="shared">What the connections of this process know together, where others write too.</param>
    public UpdateContext(WriteSession session, StoreContext context, long masterId, SharedRowCache? shared = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(context);
        Session = session;
        _context = context;
        MasterId = masterId;
        Cache = new RowCache(shared);
    }

    /// <summary>The time of the update that was run last, to the microsecond.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>How many events the updates of the transaction have announced.</summary>
    public int EventCount => Events.Count;

    /// <summary>The time of the update that was run last, in microseconds since 1970.</summary>
    public long At => Timestamp.ToMicroseconds(Now);

    internal WriteSession Session { get; }

    internal RowCache Cache { get; }

    internal ResourceCatalog Catalog => _context.Catalog;

    internal BuildDataOptions Options => _context.Options;

    internal long MasterId { get; }

    internal HeartbeatTracker Heartbeats => _context.Heartbeats;

    /// <summary>Whether events of builds and build requests are to bring properties along.</summary>
    internal bool WantsProperties { get; private set; }

    /// <summary>The events of all updates of the transaction, in order.</summary>
    internal List<PendingEvent> Events { get; } = [];

    /// <summary>Begins a transaction's updates.</summary>
    /// <param name="withProperties">Whether events of builds and build requests bring properties along, even if nobody wants them yet.</param>
    public void Begin(bool withProperties = false)
    {
        Cache.Trim();
        WantsProperties = _context.Events.BeginBatch(withProperties);
        Cache.BeginTransaction();
    }

    /// <summary>
    /// Reads and locks at once what updates are going to ask for one by one, in one order for all masters. A store to which a
    /// statement is a round trip calls it before it runs them.
    /// </summary>
    /// <param name="updates">The updates.</param>
    /// <param name="waits">Whether to wait for rows that others have locked.</param>
    /// <returns>The updates that need rows which others have locked. They must not be run.</returns>
    public ValueTask<IReadOnlyCollection<StoreUpdate>> Prefetch(IReadOnlyList<StoreUpdate> updates, bool waits)
    {
        ArgumentNullException.ThrowIfNull(updates);

        // As most updates do that come alone.
        if (!waits && updates is [{ } lone] && Updating.Prefetching.Prefetch.TryTakeKnown(Cache, lone.PrefetchPlan(Options)))
            return new ValueTask<IReadOnlyCollection<StoreUpdate>>([]);

        return new Prefetch(this, updates, waits).Run();
    }

    /// <summary>
    /// Takes the rows that the updates rely on and that are not locked. The transaction must fail if one has another version. They
    /// have to be verified before the updates' writes are sent, which change their versions.
    /// </summary>
    public IReadOnlyList<RowVersions> TakeUnverified()
    {
        if (Cache.Unverified.Count == 0)
            return [];

        RowVersions[] rows = Cache.Unverified.Count == 1 && Cache.Unverified.First() is var only
            ? [new RowVersions(only.Table, [only.Id], [Cache.Versions[only]])]
            : [.. Cache.Unverified.GroupBy(row => row.Table).OrderBy(rows => rows.Key, StringComparer.Ordinal).Select(Versions)];
        Cache.Unverified.Clear();
        return rows;

        RowVersions Versions(IGrouping<string, RowKey> rows)
        {
            long[] ids = [.. rows.Select(row => row.Id).Order()];
            return new RowVersions(rows.Key, ids, [.. ids.Select(id => Cache.Versions[new RowKey(rows.Key, id)])]);
        }
    }

    /// <summary>Keeps what the transaction, which is committed, has read and written for later ones.</summary>
    /// <param name="version">The version of the rows that it has written.</param>
    public void Committed(long version) => Cache.Share(version);

    /// <summary>Forgets the events behind the first so many, whose updates were undone, and what is held.</summary>
    public void Undo(int eventCount)
    {
        Events.RemoveRange(eventCount, Events.Count - eventCount);
        Cache.Clear();
    }

    /// <summary>Forgets the events behind the first so many, of an update that failed before it had written.</summary>
    public void Forget(int eventCount) => Events.RemoveRange(eventCount, Events.Count - eventCount);

    /// <summary>Returns the events as the table of events is to have them.</summary>
    /// <param name="first">The sequence number of the first.</param>
    /// <param name="at">The time of the transaction, in microseconds since 1970; if null, that of its last update.</param>
    public IEnumerable<StoredEvent> StoredEvents(long first, long? at = null) => Events.Select((e, i) => StoredEvent.From(_context.Catalog, first + i, at ?? At, e));

    /// <summary>Takes the events out of the context, to be published when all before them have been.</summary>
    /// <param name="at">The time of the transaction, in microseconds since 1970; if null, that of its last update.</param>
    public UpdateEvents TakeEvents(long? at = null)
    {
        var taken = new UpdateEvents([.. Events], at ?? At);
        Events.Clear();
        return taken;
    }

    internal void BeginUpdate() => Now = Timestamp.Stored(Options.TimeProvider.GetUtcNow());

    internal void Announce(ResourceDefinition type, string name, object resource, long id, PropertyMap? properties = null) =>
        Events.Add(new PendingEvent(type, name, resource, id, properties));

    /// <summary>The resource of an id, read in the transaction.</summary>
    /// <exception cref="ResourceNotFoundException">There is none.</exception>
    internal async ValueTask<T> Get<T>(SingleQuery<T> query, long id)
        where T : class =>
        await query.Read(Session, BoundSpec.None, CancellationToken.None).ConfigureAwait(false)
        ?? throw new ResourceNotFoundException(query.Resource.Kind, id);

    /// <summary>The resource of an id, read in the transaction, which keeps others from changing it until it ends.</summary>
    /// <exception cref="ResourceNotFoundException">There is none.</exception>
    internal async ValueTask<T> GetForUpdate<T>(SingleQuery<T> query, long id)
        where T : class =>
        await query.Read(Session, BoundSpec.ForUpdate, CancellationToken.None).ConfigureAwait(false)
        ?? throw new ResourceNotFoundException(query.Resource.Kind, id);

    /// <summary>Checks that a resource exists.</summary>
    /// <exception cref="ResourceNotFoundException">It does not.</exception>
    internal async ValueTask EnsureExists<T>(SingleQuery<T> query, RowKey row)
        where T : class
    {
        if (Cache.Knows(row))
            return;

        await Get(query, row.Id).ConfigureAwait(false);
        Cache.Know(row);
    }
}
