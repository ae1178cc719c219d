using BuildData.Events;
using BuildData.Stores;

namespace BuildData;

/// <summary>What an update works with: its transaction, the time, the rows that are held, and the events to be announced.</summary>
internal sealed class UpdateScope(WriteSession session, HeldRows held, BuildDataOptions options)
{
    public WriteSession Session => session;

    public HeldRows Held => held;

    public BuildDataOptions Options => options;

    /// <summary>The time of the update, to the microsecond.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>This process's master.</summary>
    public long MasterId { get; set; }

    /// <summary>Whether events of builds and build requests are to bring properties along.</summary>
    public bool WantsProperties { get; set; }

    /// <summary>The events of all updates of the transaction, in order.</summary>
    public List<PendingEvent> Events { get; } = [];

    public void BeginUpdate() => Now = Timestamp.Stored(options.TimeProvider.GetUtcNow());

    public void Announce(Resource type, string name, object resource, long id, PropertyMap? properties = null) =>
        Events.Add(new PendingEvent(type, name, resource, id, properties));

    /// <summary>The resource of an id, read in the transaction.</summary>
    /// <exception cref="ResourceNotFoundException">There is none.</exception>
    public async ValueTask<T> Find<T>(SingleQuery<T> query, long id)
        where T : class =>
        await query.Read(session, BoundSpec.None, CancellationToken.None).ConfigureAwait(false)
        ?? throw new ResourceNotFoundException(query.Resource.Kind, id);

    /// <summary>Checks that a resource exists.</summary>
    /// <exception cref="ResourceNotFoundException">It does not.</exception>
    public async ValueTask Require<T>(SingleQuery<T> query, long id)
        where T : class
    {
        if (held.Knows(query.Resource.Kind, id))
            return;

        await Find(query, id).ConfigureAwait(false);
        held.Know(query.Resource.Kind, id);
    }
}
