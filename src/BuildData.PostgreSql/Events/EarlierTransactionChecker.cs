namespace BuildData.PostgreSql.Events;

/// <summary>
/// Finds out whether the transactions of missing tickets have ended. Not thread-safe: the caller holds a lock.
/// </summary>
/// <remarks>
/// <para>A ticket is a number that reserves 1,024 sequence numbers for the events of one transaction.</para>
/// <para>
/// A ticket is missing if its events can't be read, although a later ticket is committed. Either the ticket's transaction is
/// still running, or it was rolled back.
/// </para>
/// <para>
/// The database does not record which transaction has drawn which ticket. When this class first finds a ticket missing, it
/// remembers all transactions that are writing events. These transactions are the suspects. If all suspects have ended and the
/// ticket still has no events, the ticket's transaction was rolled back.
/// </para>
/// </remarks>
internal sealed class EarlierTransactionChecker
{
    // The suspects that were still running when the last page was read; null if no ticket is known to be missing.
    private HashSet<string>? _suspects;

    /// <summary>Gets whether a ticket was found missing since <see cref="ForgetMissingTickets"/> was last called.</summary>
    public bool IsWaitingForEarlierTicket => _suspects is not null;

    /// <summary>
    /// Forgets which transactions may have drawn missing tickets. Called when the next events in order are published.
    /// </summary>
    public void ForgetMissingTickets() => _suspects = null;

    /// <summary>Returns whether all transactions with tickets lower than a given ticket have ended.</summary>
    /// <remarks>
    /// A ticket is a number that reserves 1,024 sequence numbers for the events of one transaction. If this method returns
    /// true, a lower ticket without events in the page belongs to a transaction that was rolled back.
    /// </remarks>
    /// <param name="ticket">The given ticket. Its transaction is known to be committed.</param>
    /// <param name="page">The page of events that was read last.</param>
    /// <returns>False if a transaction may still be running, or if the page is not sufficient to know.</returns>
    public bool HaveAllEarlierTransactionsEnded(long ticket, EventPage page)
    {
        if (page.RunningWriterTransactions is not { } writers)
            return false;

        // The writers of the page include all transactions with lower tickets only if these tickets had been drawn before the
        // writers were read. Otherwise the caller must read another page.
        if (_suspects is null && page.HighestDrawnTicket < ticket - 1)
            return false;

        _suspects ??= writers;
        _suspects.IntersectWith(writers);
        if (_suspects.Count > 0)
            return false;

        // All suspects had ended before the events of the page were read. So the page contains the events of all suspects that
        // committed, but only up to the last event of the page. A page that ends before the ticket proves nothing.
        return page.ReachesNewestEvent || TicketSequenceConverter.TicketOfSequence(page.Events[^1].Sequence) >= ticket;
    }
}
