namespace BuildData.PostgreSql.Events;

/// <summary>
/// Converts between tickets and the sequence numbers of events. A transaction draws one ticket for each 1,024 of its events. Of
/// two transactions that write the same row, the one that commits first has the lower tickets.
/// </summary>
internal static class Tickets
{
    /// <summary>The maximum number of events of one ticket, which is also the number of its sequence numbers.</summary>
    public const int MaxEvents = 1024;

    /// <summary>Returns the sequence number of a ticket's first event.</summary>
    public static long FirstSequence(long ticket) => ticket * MaxEvents;

    /// <summary>Returns the ticket that a sequence number belongs to.</summary>
    public static long Of(long sequence) => sequence / MaxEvents;

    /// <summary>Returns the number of tickets that a number of events needs.</summary>
    public static int Count(int events) => (events + MaxEvents - 1) / MaxEvents;
}
