using BuildData.Stores;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// Represents a page of events that was read from the database. Also contains the data with which a reader finds missing tickets.
/// </summary>
/// <remarks>
/// A ticket is a number that reserves 1,024 sequence numbers for the events of one transaction. A ticket is missing if a transaction has
/// drawn the ticket, but the events of the ticket can't be read yet.
/// </remarks>
/// <param name="Events">The events, in the order of their sequence numbers.</param>
/// <param name="RunningWriterTransactions">
/// The ids of the transactions that were writing events right before this page was read; null if the ids were not read.
/// </param>
/// <param name="HighestDrawnTicket">
/// The highest ticket that any transaction had drawn before <paramref name="RunningWriterTransactions"/> were read; 0 if this
/// ticket was not read.
/// </param>
/// <param name="ReachesNewestEvent">Whether the database had no more events after this page.</param>
internal sealed record EventPage(List<StoredEvent> Events, HashSet<string>? RunningWriterTransactions, long HighestDrawnTicket, bool ReachesNewestEvent);
