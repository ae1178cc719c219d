using BuildData.Stores;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// Represents events that one read of the table of events has returned, with the state of the tickets at the time of the read.
/// </summary>
/// <remarks>
/// A ticket is a number that a transaction draws right before its commit. The ticket determines the sequence numbers of the
/// transaction's events.
/// </remarks>
/// <param name="Events">The events, in the order of their sequence numbers.</param>
/// <param name="RunningWriterTransactions">
/// The ids of the transactions that may have drawn a ticket and were still running when the read began. Null if they were not
/// read.
/// </param>
/// <param name="HighestDrawnTicket">
/// The highest ticket that was drawn before <paramref name="RunningWriterTransactions"/> were read; 0 if they were not read.
/// </param>
/// <param name="ReachesNewestEvent">Whether no visible event follows the last one of this page.</param>
internal sealed record EventPage(List<StoredEvent> Events, HashSet<string>? RunningWriterTransactions, long HighestDrawnTicket, bool ReachesNewestEvent);
