namespace BuildData.PostgreSql.Events;

/// <summary>
/// Converts between tickets and the sequence numbers of events. A ticket is a number that reserves 1,024 sequence numbers for
/// the events of one transaction.
/// </summary>
/// <remarks>
/// A transaction draws its tickets right before its commit: one ticket for up to 1,024 events, two for up to 2,048, and so on.
/// If two transactions write the same row, the one that commits first has lower tickets.
/// </remarks>
internal static class TicketSequenceConverter
{
    /// <summary>
    /// The number of sequence numbers that one ticket reserves. This is also the maximum number of events of one ticket.
    /// </summary>
    public const int SequenceNumbersReservedPerTicket = 1024;

    /// <summary>Returns the lowest sequence number that a ticket reserves.</summary>
    public static long FirstSequenceOfTicket(long ticket) => ticket * SequenceNumbersReservedPerTicket;

    /// <summary>Returns the ticket that reserves a sequence number.</summary>
    public static long TicketOfSequence(long sequence) => sequence / SequenceNumbersReservedPerTicket;

    /// <summary>Returns the number of tickets that a transaction needs for its events.</summary>
    public static int TicketsNeededFor(int eventCount) => (eventCount + SequenceNumbersReservedPerTicket - 1) / SequenceNumbersReservedPerTicket;
}
