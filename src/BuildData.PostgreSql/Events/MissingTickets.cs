namespace BuildData.PostgreSql.Events;

/// <summary>
/// Decides whether the transactions of missing tickets have ended. Not safe for use by several threads at the same time: the caller
/// holds a lock.
/// </summary>
/// <remarks>
/// A ticket is missing if its events are not visible, but those of a later ticket are. Either its transaction is still running, or
/// it was rolled back and its events will never exist. The database does not tell which transaction has drawn which ticket. So all
/// transactions that were running when the ticket was first missed, and may have drawn it, are suspects. When all of them have ended
/// and the events are still not visible, they will never exist.
/// </remarks>
internal sealed class MissingTickets
{
    // The suspects that were still running when they were last looked up; null if no ticket is known to be missing.
    private HashSet<string>? _suspects;

    /// <summary>Gets whether a ticket is known to be missing.</summary>
    public bool HasSuspects => _suspects is not null;

    /// <summary>Removes all suspects, because the missing tickets have appeared or were rolled back.</summary>
    public void Clear() => _suspects = null;

    /// <summary>
    /// Returns whether the transactions of all tickets before a visible one have ended. If so, those that are missing in the page
    /// were rolled back.
    /// </summary>
    /// <param name="ticket">The visible ticket.</param>
    /// <param name="page">The page that was read last.</param>
    public bool HaveEndedBefore(long ticket, EventPage page)
    {
        if (page.Writers is not { } writers)
            return false;

        // The writers of this page include all that may have drawn the missing tickets only if these had been drawn before the
        // writers were looked up. Otherwise the caller must read another page.
        if (_suspects is null && page.LastDrawnTicket < ticket - 1)
            return false;

        _suspects ??= writers;
        _suspects.IntersectWith(writers);
        if (_suspects.Count > 0)
            return false;

        // All suspects had ended before the events of this page were read. So the page contains the events of those that
        // committed, up to its last event. A page that ends before the ticket proves nothing.
        return page.ReachesNewestEvent || Tickets.Of(page.Events[^1].Sequence) >= ticket;
    }
}
