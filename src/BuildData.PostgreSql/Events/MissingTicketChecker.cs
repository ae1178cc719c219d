namespace BuildData.PostgreSql.Events;

/// <summary>Decides whether the transactions of missing tickets have ended. Not thread-safe: the caller holds a lock.</summary>
/// <remarks>
/// <para>
/// A ticket is a number that a transaction draws right before its commit. The ticket determines the sequence numbers of the
/// transaction's events.
/// </para>
/// <para>
/// A ticket is missing if its events are not visible, although a later ticket is committed. Either the transaction of the
/// missing ticket is still running, or it was rolled back.
/// </para>
/// <para>
/// The database does not record which transaction has drawn which ticket. Therefore the suspects are all transactions that may
/// have drawn a ticket and were running when the ticket was first missed. When all suspects have ended and the events are still
/// not visible, the transaction was rolled back.
/// </para>
/// </remarks>
internal sealed class MissingTicketChecker
{
    // The suspects that were still running when they were last looked up; null if no ticket is known to be missing.
    private HashSet<string>? _suspects;

    /// <summary>Gets whether a ticket was found missing since <see cref="ForgetMissingTickets"/> was last called.</summary>
    public bool IsTicketMissing => _suspects is not null;

    /// <summary>Removes all suspects. Called when no ticket before the last published event can be missing any more.</summary>
    public void ForgetMissingTickets() => _suspects = null;

    /// <summary>
    /// Returns whether the transactions of all tickets before a given one have ended. If so, a ticket before it without events
    /// in the page was rolled back.
    /// </summary>
    /// <param name="ticket">The given ticket, which is known to be committed.</param>
    /// <param name="page">The page of events that was read last.</param>
    /// <returns>False also if the page is not sufficient to decide this.</returns>
    public bool HaveTransactionsOfEarlierTicketsEnded(long ticket, EventPage page)
    {
        if (page.RunningWriterTransactions is not { } writers)
            return false;

        // The writers of this page include all that may have drawn the missing tickets only if these had been drawn before the
        // writers were looked up. Otherwise the caller must read another page.
        if (_suspects is null && page.HighestDrawnTicket < ticket - 1)
            return false;

        _suspects ??= writers;
        _suspects.IntersectWith(writers);
        if (_suspects.Count > 0)
            return false;

        // All suspects had ended before the events of this page were read. So the page contains the events of those that
        // committed, up to its last event. A page that ends before the ticket proves nothing.
        return page.ReachesNewestEvent || EventTickets.TicketOfSequence(page.Events[^1].Sequence) >= ticket;
    }
}
