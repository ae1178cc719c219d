using BuildData.Stores;

namespace BuildData.PostgreSql.Events;

/// <summary>Events that were read from the table.</summary>
/// <param name="Events">The events, in order.</param>
/// <param name="Writers">The transactions that may have drawn a ticket and not ended, before the events were read; null if nobody looked.</param>
/// <param name="Drawn">The last ticket that was drawn before the writers were looked for.</param>
/// <param name="IsWhole">Whether there are no more events.</param>
internal sealed record EventPage(List<StoredEvent> Events, HashSet<string>? Writers, long Drawn, bool IsWhole);
