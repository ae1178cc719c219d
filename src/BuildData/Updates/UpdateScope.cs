using BuildData.Events;
using BuildData.Stores;

namespace BuildData;

/// <summary>
/// What updates work with: a transaction, the time, the rows that are held, and the events to be announced. A store has one for
/// each connection that writes.
/// </summary>
public sealed class UpdateScope
{
    private readonly StoreContext _context;

    /// <summary>A scope of a session's transactions.</summary>
    /// <param name="session">The session.</param>
    /// <param name="context">What the store was made with.</param>
    /// <param name="masterId">The id of this process's master.</param>
    public UpdateScope(WriteSession session, StoreContext context, long masterId)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(context);
        Session = session;
        _context = context;
        MasterId = masterId;
    }

    /// <summary>The time of the update that was run last, to the microsecond.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>How many events the updates of the transaction have announced.</summary>
    public int EventCount => Events.Count;

    internal long At => Timestamp.ToMicroseconds(Now);

    internal WriteSession Session { get; }

    internal HeldRows Held { get; } = new();

    internal BuildDataOptions Options => _context.Options;

    internal long MasterId { get; }

    internal SignsOfLife SignsOfLife => _context.SignsOfLife;

    /// <summary>Whether events of builds and build requests are to bring properties along.</summary>
    internal bool WantsProperties { get; private set; }

    /// <summary>The events of all updates of the transaction, in order.</summary>
    internal List<PendingEvent> Events { get; } = [];

    /// <summary>Begins a transaction's updates.</summary>
    /// <param name="withProperties">Whether events of builds and build requests bring properties along, even if nobody wants them yet.</param>
    public void Begin(bool withProperties = false)
    {
        Held.Trim();
        WantsProperties = _context.Events.BeginBatch(withProperties);
        if (Session.Dialect.HasSeveralWriters)
            Held.BeginTransaction();
    }

    /// <summary>
    /// Reads and locks at once what updates will ask for one by one, in one order for all. A store to which a statement is a round
    /// trip calls it before it runs them; nothing but speed, and fewer deadlocks, depends on it.
    /// </summary>
    public ValueTask Prefetch(IReadOnlyList<StoreUpdate> updates)
    {
        ArgumentNullException.ThrowIfNull(updates);
        var needs = new UpdateNeeds();
        foreach (StoreUpdate update in updates)
            update.AddNeeds(needs);
        return needs.Load(this);
    }

    /// <summary>Forgets the events behind the first so many, whose updates were undone, and what is held.</summary>
    public void Undo(int eventCount)
    {
        Events.RemoveRange(eventCount, Events.Count - eventCount);
        Held.Clear();
    }

    /// <summary>Forgets the events behind the first so many, of an update that failed before it had written.</summary>
    public void Forget(int eventCount) => Events.RemoveRange(eventCount, Events.Count - eventCount);

    /// <summary>The events, as the table of events is to have them.</summary>
    /// <param name="first">The sequence number of the first.</param>
    public IEnumerable<StoredEvent> StoredEvents(long first) => Events.Select((e, i) => StoredEvent.From(first + i, At, e));

    /// <summary>Takes the events out of the scope, to be published when all before them have been.</summary>
    public UpdateEvents TakeEvents()
    {
        var taken = new UpdateEvents([.. Events], At);
        Events.Clear();
        return taken;
    }

    internal void BeginUpdate() => Now = Timestamp.Stored(Options.TimeProvider.GetUtcNow());

    internal void Announce(Resource type, string name, object resource, long id, PropertyMap? properties = null) =>
        Events.Add(new PendingEvent(type, name, resource, id, properties));

    /// <summary>The resource of an id, read in the transaction.</summary>
    /// <exception cref="ResourceNotFoundException">There is none.</exception>
    internal async ValueTask<T> Find<T>(SingleQuery<T> query, long id)
        where T : class =>
        await query.Read(Session, BoundSpec.None, CancellationToken.None).ConfigureAwait(false)
        ?? throw new ResourceNotFoundException(query.Resource.Kind, id);

    /// <summary>The resource of an id, read in the transaction, which keeps others from changing it until it ends.</summary>
    /// <exception cref="ResourceNotFoundException">There is none.</exception>
    internal async ValueTask<T> Lock<T>(SingleQuery<T> query, long id)
        where T : class =>
        await query.Read(Session, BoundSpec.ForUpdate, CancellationToken.None).ConfigureAwait(false)
        ?? throw new ResourceNotFoundException(query.Resource.Kind, id);

    /// <summary>Checks that a resource exists.</summary>
    /// <exception cref="ResourceNotFoundException">It does not.</exception>
    internal async ValueTask Require<T>(SingleQuery<T> query, long id)
        where T : class
    {
        if (Held.Knows(query.Resource.Kind, id))
            return;

        await Find(query, id).ConfigureAwait(false);
        Held.Know(query.Resource.Kind, id);
    }
}
