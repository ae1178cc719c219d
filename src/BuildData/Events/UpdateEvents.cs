using BuildData.Events;

namespace BuildData.Stores;

/// <summary>The events of one transaction, on their way to its subscribers.</summary>
public sealed class UpdateEvents
{
    internal UpdateEvents(List<PendingEvent> events, long at)
    {
        Events = events;
        At = at;
    }

    /// <summary>How many they are.</summary>
    public int Count => Events.Count;

    /// <summary>The time of the transaction, as <see cref="StoredEvent.At"/> has it.</summary>
    public long At { get; }

    internal List<PendingEvent> Events { get; }
}
