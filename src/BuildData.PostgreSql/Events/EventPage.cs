using BuildData.Stores;

namespace BuildData.PostgreSql.Events;

/// <summary>Represents events that were read from the table of events.</summary>
/// <param name="Events">The events, in order.</param>
/// <param name="Writers">
/// The transactions that were running before the events were read, and may have drawn a ticket; null if they were not looked up.
/// </param>
/// <param name="LastDrawnTicket">
/// The last ticket that had been drawn before <paramref name="Writers"/> were looked up; 0 if they were not looked up.
/// </param>
/// <param name="ReachesNewestEvent">Whether the page ends with the newest event, so that no other page follows it.</param>
internal sealed record EventPage(List<StoredEvent> Events, HashSet<string>? Writers, long LastDrawnTicket, bool ReachesNewestEvent);
