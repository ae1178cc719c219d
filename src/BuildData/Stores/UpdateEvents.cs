using BuildData.Events;

namespace BuildData.Stores;

/// <summary>The events of one transaction, on their way to its subscribers.</summary>
public sealed class UpdateEvents
{
    internal UpdateEvents(List<PendingEvent> events) => Events = events;

    /// <summary>How many they are.</summary>
    public int Count => Events.Count;

    internal List<PendingEvent> Events { get; }
}
