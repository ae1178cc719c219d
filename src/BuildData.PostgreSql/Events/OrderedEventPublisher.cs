using BuildData.PostgreSql.Diagnostics;
using BuildData.Stores;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// Publishes the events of all masters in the order of their sequence numbers, each event exactly once. Thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// A ticket is a number that reserves 1,024 sequence numbers for the events of one transaction. Transactions draw tickets in
/// ascending order, but commit in any order. So the events of ticket 7 may be readable before those of ticket 6.
/// </para>
/// <para>
/// A ticket is settled if its events are published, or if its transaction was rolled back. All tickets up to
/// <see cref="_settled"/> are settled. The events of a ticket are published only after all earlier tickets are settled.
/// <see cref="EarlierTransactionChecker"/> finds out which transactions were rolled back.
/// </para>
/// <para>
/// Other masters' events come in pages (<see cref="PublishPage"/>). This process's events come from its commits
/// (<see cref="TryPublishCommitted"/>). If an earlier ticket is not settled, this process's events wait in <see cref="_own"/>
/// until a page shows that the earlier transaction has ended.
/// </para>
/// <para>
/// <see cref="_lock"/> protects the fields. A thread that publishes events holds the lock, so that all events are published in order.
/// </para>
/// <para>
/// Whenever a ticket is settled, <see cref="_progress"/> completes, and wakes the updates that wait in <see cref="WaitUntilPublished"/>. An
/// update reads <see cref="_progress"/> and <see cref="_settled"/> together under the lock. Therefore the update misses no ticket that is
/// settled later.
/// </para>
/// </remarks>
/// <param name="context">The context of the store.</param>
/// <param name="store">The name of the store, for the log.</param>
internal sealed class OrderedEventPublisher(StoreContext context, string store)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, OwnEvents> _own = [];
    private readonly EarlierTransactionChecker _missing = new();

    // All tickets up to this one are settled.
    private long _settled;

    // The last published event.
    private EventIdentity _last = new(0, null);

    // Completed and replaced when a ticket is settled.
    private TaskCompletionSource _progress = NewSignal();

    /// <summary>
    /// Gets the last published event, and whether later events must wait for the end of another transaction.
    /// </summary>
    public (EventIdentity LastPublished, bool IsWaitingForEarlierTicket) State
    {
        get
        {
            lock (_lock)
                return (_last, _missing.IsWaitingForEarlierTicket);
        }
    }

    /// <summary>Sets the event after which publishing begins. That event and all earlier events are not published.</summary>
    /// <param name="newest">The newest event of the database.</param>
    public void StartAfter(EventIdentity newest)
    {
        context.Events.Start(newest.Cursor, keepsEvents: true);
        lock (_lock)
            (_last, _settled) = (newest, TicketSequenceConverter.TicketOfSequence(newest.Sequence));
    }

    /// <summary>
    /// Publishes events that this process has committed, if all events with lower sequence numbers are published. Otherwise
    /// keeps the events in memory, and publishes them later.
    /// </summary>
    /// <remarks>A ticket is a number that reserves 1,024 sequence numbers for the events of one transaction.</remarks>
    /// <param name="events">The events of one transaction.</param>
    /// <param name="tickets">
    /// The tickets of the transaction, in ascending order. A transaction with up to 1,024 events has one ticket.
    /// </param>
    /// <returns>
    /// True if the events are published, or if nobody subscribes. The caller can then complete the updates. If false, the
    /// caller must start a read of the events from the database, and then await <see cref="WaitUntilPublished"/>.
    /// </returns>
    public bool TryPublishCommitted(UpdateEvents events, IReadOnlyList<long> tickets)
    {
        lock (_lock)
        {
            for (int i = 0; i < tickets.Count; i++)
            {
                // A page may already have contained the events of this ticket.
                if (tickets[i] <= _settled)
                    continue;

                int start = i * TicketSequenceConverter.SequenceNumbersReservedPerTicket;
                _own[tickets[i]] = new OwnEvents(events, start, Math.Min(TicketSequenceConverter.SequenceNumbersReservedPerTicket, events.Count - start));
            }

            PublishOwn();
            if (_settled >= tickets[^1])
                return true;
            if (context.Events.HasSubscribers)
                return false;

            // Nobody subscribes, so nobody observes the order. The update need not wait for the earlier tickets.
            foreach (long ticket in tickets.Where(ticket => ticket > _settled))
                context.Events.RecordCommittedUnpublished(TicketSequenceConverter.FirstSequenceOfTicket(ticket), _own[ticket].Count);
            return true;
        }
    }

    /// <summary>Waits until the events of a ticket are published, or <see cref="ReleaseAllWaits"/> is called.</summary>
    /// <param name="ticket">
    /// The ticket: a number that reserves 1,024 sequence numbers for the events of one transaction.
    /// </param>
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

    /// <summary>
    /// Publishes the events of a page, in order. Stops before the first event that must wait for the end of another
    /// transaction.
    /// </summary>
    /// <remarks>
    /// After the events of the page, also publishes events of this process, if their sequence numbers directly follow the last published
    /// event.
    /// </remarks>
    /// <param name="page">The page.</param>
    /// <param name="after">
    /// The sequence number of the last event that was published before the page was read. Events of the page up to this number
    /// are ignored.
    /// </param>
    /// <returns>True if the remaining events of the page must wait, because another transaction may still be running.</returns>
    public bool PublishPage(EventPage page, long after)
    {
        lock (_lock)
        {
            // This process may have published some of these tickets since the page was read. A page contains whole tickets.
            foreach (IGrouping<long, StoredEvent> ticket in page.Events.Where(e => e.Sequence > after).GroupBy(e => TicketSequenceConverter.TicketOfSequence(e.Sequence)))
            {
                if (ticket.Key <= _settled)
                    continue;
                if (ticket.Key > _settled + 1 && !_missing.HaveAllEarlierTransactionsEnded(ticket.Key, page))
                    return true;

                Publish(ticket.Key, [.. ticket]);
                PublishOwn();
            }

            // This process may have committed events after the page was read. They wait in _own, but are not in the page.
            if (_own.Count == 0)
                return false;
            long next = _own.First().Key;
            if (!_missing.HaveAllEarlierTransactionsEnded(next, page))
                return true;
            _settled = next - 1;
            PublishOwn();
            return _own.Count > 0;
        }
    }

    /// <summary>
    /// Ends all subscriptions, because the database no longer contains the last published event. Afterwards publishes only events that
    /// follow <paramref name="newest"/>.
    /// </summary>
    /// <remarks>Does nothing if another event was published after <paramref name="last"/>.</remarks>
    /// <param name="last">The last published event.</param>
    /// <param name="newest">The newest event of the database.</param>
    /// <param name="wasExpired">
    /// Whether the last published event was removed because it was too old. Otherwise the database has lost commits.
    /// </param>
    public void EndSubscriptionsAndRestart(EventIdentity last, EventIdentity newest, bool wasExpired)
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
            foreach (long ticket in _own.Keys.Where(ticket => ticket <= TicketSequenceConverter.TicketOfSequence(newest.Sequence)).ToArray())
                _own.Remove(ticket);

            // After lost commits, the newest ticket may be lower than the settled one.
            Settle(0, newest);
            _settled = TicketSequenceConverter.TicketOfSequence(newest.Sequence);
        }
    }

    /// <summary>Completes all calls of <see cref="WaitUntilPublished"/>. The store calls this method when it closes.</summary>
    /// <remarks>
    /// The updates that wait are already committed. All subscriptions have ended, so nobody can receive the events of these
    /// updates.
    /// </remarks>
    public void ReleaseAllWaits()
    {
        lock (_lock)
        {
            _settled = long.MaxValue;
            _progress.TrySetResult();
        }
    }

    /// <summary>
    /// Publishes those events of a page that belong to one ticket. If this process has committed exactly these events, publishes the event
    /// objects of this process. Otherwise creates the objects from the JSON of the page.
    /// </summary>
    /// <param name="ticket">
    /// The ticket: a number that reserves 1,024 sequence numbers for the events of one transaction.
    /// </param>
    /// <param name="events">All events of the ticket.</param>
    private void Publish(long ticket, List<StoredEvent> events)
    {
        if (_own.Remove(ticket, out OwnEvents? own) && own.Count == events.Count)
            own.Publish(context, ticket);
        else
            context.Events.Publish(events);
        Settle(ticket, new EventIdentity(events[^1].Sequence, events[^1].At));
    }

    /// <summary>
    /// Publishes events of this process that wait in <see cref="_own"/>. Stops when the next event in order does not wait there.
    /// </summary>
    private void PublishOwn()
    {
        while (_own.TryGetValue(_settled + 1, out OwnEvents? own))
        {
            long ticket = _settled + 1;
            _own.Remove(ticket);
            own.Publish(context, ticket);
            Settle(ticket, new EventIdentity(TicketSequenceConverter.FirstSequenceOfTicket(ticket) + own.Count - 1, own.Events.At));
        }
    }

    /// <summary>Records that the events of a ticket are published, and wakes the updates that wait for these events.</summary>
    /// <param name="ticket">
    /// The ticket: a number that reserves 1,024 sequence numbers for the events of one transaction.
    /// </param>
    /// <param name="last">The position of the last published event.</param>
    private void Settle(long ticket, EventIdentity last)
    {
        (_settled, _last) = (Math.Max(_settled, ticket), last);
        _missing.ForgetMissingTickets();
        TaskCompletionSource progress = _progress;
        _progress = NewSignal();
        progress.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Represents the events of one ticket that this process has committed. A ticket is a number that reserves 1,024 sequence
    /// numbers.
    /// </summary>
    /// <param name="Events">All events of the transaction.</param>
    /// <param name="Start">The index in <paramref name="Events"/> of the first event of the ticket.</param>
    /// <param name="Count">The number of events of the ticket.</param>
    private sealed record OwnEvents(UpdateEvents Events, int Start, int Count)
    {
        public void Publish(StoreContext context, long ticket) => context.Events.Publish(Events, Start, Count, TicketSequenceConverter.FirstSequenceOfTicket(ticket));
    }
}
