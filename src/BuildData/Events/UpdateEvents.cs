using System.Diagnostics.CodeAnalysis;
using BuildData.Events;

namespace BuildData.Stores;

/// <summary>Holds the events of one transaction until they are published.</summary>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public sealed class UpdateEvents
{
    internal UpdateEvents(List<UnnumberedEvent> events, long at)
    {
        Events = events;
        At = at;
    }

    /// <summary>Gets the number of events.</summary>
    public int Count => Events.Count;

    /// <summary>Gets the time of the transaction, in microseconds since 1970 (UTC).</summary>
    public long At { get; }

    /// <summary>Gets the events, in order.</summary>
    internal List<UnnumberedEvent> Events { get; }
}
