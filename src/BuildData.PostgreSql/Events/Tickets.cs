namespace BuildData.PostgreSql.Events;

/// <summary>
/// Computes the numbers of events from tickets. A transaction draws a ticket for each 1,024 of its events, and tickets come in the
/// order in which transactions that touch the same rows are committed.
/// </summary>
internal static class Tickets
{
    /// <summary>How many numbers a ticket has.</summary>
    public const int Length = 1024;

    /// <summary>Returns the number of a ticket's first event.</summary>
    public static long First(long ticket) => ticket * Length;

    /// <summary>Returns the ticket of an event's number.</summary>
    public static long Of(long sequence) => sequence / Length;

    /// <summary>Returns how many tickets so many events need.</summary>
    public static int Count(int events) => (events + Length - 1) / Length;
}
