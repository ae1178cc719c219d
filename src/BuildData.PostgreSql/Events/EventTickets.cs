namespace BuildData.PostgreSql.Events;

/// <summary>
/// Converts between tickets and the sequence numbers of events. A ticket is a number that a transaction draws right before its
/// commit. The ticket determines the sequence numbers of up to 1,024 of the transaction's events.
/// </summary>
/// <remarks>
/// A transaction draws one ticket for each 1,024 events. If two transactions write the same row, the one that commits first has
/// the lower tickets.
/// </remarks>
internal static class EventTickets
{
    /// <summary>The maximum number of events of one ticket. Each ticket has exactly this many sequence numbers.</summary>
    public const int SequenceNumbersPerTicket = 1024;

    /// <summary>Returns the lowest sequence number of a ticket.</summary>
    public static long FirstSequenceOfTicket(long ticket) => ticket * SequenceNumbersPerTicket;

    /// <summary>Returns the ticket that a sequence number belongs to.</summary>
    public static long TicketOfSequence(long sequence) => sequence / SequenceNumbersPerTicket;

    /// <summary>Returns the number of tickets that a transaction needs for its events.</summary>
    public static int TicketsNeededFor(int eventCount) => (eventCount + SequenceNumbersPerTicket - 1) / SequenceNumbersPerTicket;
}
