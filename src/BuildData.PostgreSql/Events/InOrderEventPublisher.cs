using BuildData.PostgreSql.Diagnostics;
using BuildData.Stores;

namespace BuildData.PostgreSql.Events;

/// <summary>Publishes the events of all masters in the order of their sequence numbers, each exactly once. Thread-safe.</summary>
/// <remarks>
/// <para>
/// A ticket is a number that a transaction draws right before its commit. The ticket determines the sequence numbers of the
/// transaction's events.
/// </para>
/// <para>
/// The problem: tickets are drawn in ascending order, but commits become visible in any order. Ticket 7 may be visible while
/// ticket 6 is not.
/// </para>
/// <para>
/// A ticket is settled when its transaction is known to have ended and its events, if there are any, are published. All tickets
/// up to <see cref="_settled"/> are settled. Events are published only after all earlier tickets are settled. If tickets are
/// missing, <see cref="MissingTicketChecker"/> decides whether their transactions have ended.
/// </para>
/// <para>
/// The commits of this process pass their events to <see cref="TryPublishCommitted"/>. If the ticket of the events is the next one, they
/// are published at once. Otherwise they wait in <see cref="_own"/> until a page (<see cref="PublishPage"/>) contains the
/// events before them.
/// </para>
/// <para>
/// <see cref="_lock"/> protects the fields. It is also held while events are published. This keeps the events in order.
/// </para>
/// <para>
/// <see cref="_progress"/> completes whenever a ticket is settled. It wakes the updates that wait in
/// <see cref="WaitUntilPublished"/>. They read it under the lock together with <see cref="_settled"/>. Therefore they miss no ticket
/// that is settled later.
/// </para>
/// </remarks>
/// <param name="context">The context of the store.</param>
/// <param name="store">The name of the store, for the log.</param>
internal sealed class InOrderEventPublisher(StoreContext context, string store)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, OwnEvents> _own = [];
    private readonly MissingTicketChecker _missing = new();

    // All tickets up to this one are settled.
    private long _settled;

    // The last published event.
    private EventPosition _last = new(0, null);

    // Completes, and is replaced, when a ticket is settled.
    private TaskCompletionSource _progress = NewSignal();

    /// <summary>Gets the last published event, and whether a ticket after that event was found missing.</summary>
    public (EventPosition LastPublished, bool IsTicketMissing) State
    {
        get
        {
            lock (_lock)
                return (_last, _missing.IsTicketMissing);
        }
    }

    /// <summary>
    /// Sets the position from which events are published. The newest event of the table and all earlier events are not
    /// published.
    /// </summary>
    /// <param name="newest">The position of the newest event.</param>
    public void StartAfter(EventPosition newest)
    {
        context.Events.Start(newest.Cursor, keepsEvents: true);
        lock (_lock)
            (_last, _settled) = (newest, EventTickets.TicketOfSequence(newest.Sequence));
    }

    /// <summary>Publishes events that this process has committed. Holds back events until all earlier tickets are settled.</summary>
    /// <param name="events">The events of one transaction.</param>
    /// <param name="tickets">The tickets that the transaction has drawn, in ascending order.</param>
    /// <returns>
    /// True if the events are published, or if nobody subscribes. The caller can then complete the updates. If false, the
    /// caller must start a read of the table, and await <see cref="WaitUntilPublished"/>.
    /// </returns>
    public bool TryPublishCommitted(UpdateEvents events, IReadOnlyList<long> tickets)
    {
        lock (_lock)
        {
            for (int i = 0; i < tickets.Count; i++)
            {
                // A page may have brought this ticket already.
                if (tickets[i] <= _settled)
                    continue;

                int start = i * EventTickets.SequenceNumbersPerTicket;
                _own[tickets[i]] = new OwnEvents(events, start, Math.Min(EventTickets.SequenceNumbersPerTicket, events.Count - start));
            }

            PublishOwn();
            if (_settled >= tickets[^1])
                return true;
            if (context.Events.HasSubscribers)
                return false;

            // Without subscribers nobody observes the order, so the update needn't wait for the earlier tickets.
            foreach (long ticket in tickets.Where(ticket => ticket > _settled))
                context.Events.RecordUnpublished(EventTickets.FirstSequenceOfTicket(ticket), _own[ticket].Count);
            return true;
        }
    }

    /// <summary>Waits until the events of a ticket are published, or <see cref="ReleaseAllWaits"/> is called.</summary>
    public async ValueTask WaitUntilPublished(long ticket)
    {
        while (true)
        {
            Task progress;
            lock (_lock)
            {
                if (_settled >= ticket)
                    return;
                progress = _progress.Task;
            }

            await progress.ConfigureAwait(false);
        }
    }

    /// <summary>Publishes the events of a page, and events of this process that were held back, up to the first missing ticket.</summary>
    /// <param name="page">The page.</param>
    /// <param name="after">
    /// The sequence number of the last published event at the time when the page was read. Earlier events of the page are
    /// ignored.
    /// </param>
    /// <returns>Whether a ticket is missing whose transaction may still be running.</returns>
    public bool PublishPage(EventPage page, long after)
    {
        lock (_lock)
        {
            // This process may have published some of these events since the page was read. The last ticket may be incomplete: a
            // page may end in the middle of a ticket, whose other events come with the next page.
            foreach (IGrouping<long, StoredEvent> ticket in page.Events.Where(e => e.Sequence > after).GroupBy(e => EventTickets.TicketOfSequence(e.Sequence)))
            {
                if (ticket.Key < _settled || (ticket.Key == _settled && _last.Sequence >= ticket.Max(e => e.Sequence)))
                    continue;
                if (ticket.Key > _settled + 1 && !_missing.HaveTransactionsOfEarlierTicketsEnded(ticket.Key, page))
                    return true;

                Publish(ticket.Key, [.. ticket.Where(e => e.Sequence > _last.Sequence)]);
                PublishOwn();
            }

            // A ticket of this process may have been committed after the page was read, so it may be kept without being in the page.
            if (_own.Count == 0)
                return false;
            long next = _own.First().Key;
            if (!_missing.HaveTransactionsOfEarlierTicketsEnded(next, page))
                return true;
            _settled = next - 1;
            PublishOwn();
            return _own.Count > 0;
        }
    }

    /// <summary>
    /// Ends all subscriptions, and continues after the newest event of the table. Does nothing if an event was published after
    /// <paramref name="last"/>.
    /// </summary>
    /// <param name="last">The last published event, which the table no longer has.</param>
    /// <param name="newest">The newest event of the table.</param>
    /// <param name="wasExpired">
    /// Whether <paramref name="last"/> was removed because it was too old. Otherwise the database has lost commits.
    /// </param>
    public void EndSubscriptionsAndRestart(EventPosition last, EventPosition newest, bool wasExpired)
    {
        lock (_lock)
        {
            if (_last != last)
                return;

            if (wasExpired)
                Log.EventsLost(context.Logger, last.Sequence);
            else
                Log.LatestCommitsLost(context.Logger, store, last.Sequence, newest.Sequence);
            context.Events.EndAllAsLost(newest.Cursor);
            foreach (long ticket in _own.Keys.Where(ticket => ticket <= EventTickets.TicketOfSequence(newest.Sequence)).ToArray())
                _own.Remove(ticket);

            // After lost commits, the newest ticket may be lower than the settled one.
            Settle(0, newest);
            _settled = EventTickets.TicketOfSequence(newest.Sequence);
        }
    }

    /// <summary>
    /// Completes all calls of <see cref="WaitUntilPublished"/>. The updates that wait are committed, and no subscription is
    /// left that could receive their events.
    /// </summary>
    public void ReleaseAllWaits()
    {
        lock (_lock)
        {
            _settled = long.MaxValue;
            _progress.TrySetResult();
        }
    }

    /// <summary>
    /// Publishes events of one ticket. Uses the objects of this process instead of the stored JSON if this process has
    /// committed exactly these events.
    /// </summary>
    /// <param name="ticket">The ticket.</param>
    /// <param name="events">The events that the table has and that are not yet published.</param>
    private void Publish(long ticket, List<StoredEvent> events)
    {
        if (_own.Remove(ticket, out OwnEvents? own) && own.Count == events.Count)
            own.Publish(context, ticket);
        else
            context.Events.Publish(events);
        Settle(ticket, new EventPosition(events[^1].Sequence, events[^1].At));
    }

    /// <summary>Publishes the events in <see cref="_own"/> whose tickets follow the settled ones without a gap.</summary>
    private void PublishOwn()
    {
        while (_own.TryGetValue(_settled + 1, out OwnEvents? own))
        {
            long ticket = _settled + 1;
            _own.Remove(ticket);
            own.Publish(context, ticket);
            Settle(ticket, new EventPosition(EventTickets.FirstSequenceOfTicket(ticket) + own.Count - 1, own.Events.At));
        }
    }

    /// <summary>Records that a ticket is settled, and wakes the updates that wait.</summary>
    /// <param name="ticket">The ticket.</param>
    /// <param name="last">The position of the last published event.</param>
    private void Settle(long ticket, EventPosition last)
    {
        (_settled, _last) = (Math.Max(_settled, ticket), last);
        _missing.ForgetMissingTickets();
        TaskCompletionSource progress = _progress;
        _progress = NewSignal();
        progress.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Represents events that this process has committed under one ticket.</summary>
    /// <param name="Events">All events of the transaction.</param>
    /// <param name="Start">The index of the first event of the ticket.</param>
    /// <param name="Count">The number of events of the ticket.</param>
    private sealed record OwnEvents(UpdateEvents Events, int Start, int Count)
    {
        public void Publish(StoreContext context, long ticket) => context.Events.Publish(Events, Start, Count, EventTickets.FirstSequenceOfTicket(ticket));
    }
}
