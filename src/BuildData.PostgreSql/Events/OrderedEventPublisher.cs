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
/// A page that was read after a commit of this process contains the events of the commit. If it does not, the database has lost the
/// commit, for example because a replica without it has taken over. Such events are never published.
/// </para>
/// <para>
/// <see cref="_lock"/> protects the fields. A thread that publishes events holds the lock, so that all events are published in order.
/// </para>
/// <para>
/// An update waits in <see cref="WaitUntilPublished"/> for its entry of <see cref="_own"/>. Whoever removes the entry releases the update.
/// Both happen under the lock, so no update waits for an entry that is already gone.
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

    // How many entries _own has had so far.
    private long _ownCount;

    /// <summary>Gets how far the publishing is. A page must be read after this property.</summary>
    public PublishingState State
    {
        get
        {
            lock (_lock)
                return new PublishingState(_last, _missing.IsWaitingForEarlierTicket, _ownCount);
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
                Remove(tickets[i]);
                _own[tickets[i]] = new OwnEvents(events, start, Math.Min(TicketSequenceConverter.SequenceNumbersReservedPerTicket, events.Count - start), ++_ownCount);
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

    /// <summary>Waits until the events of a ticket are published or lost, or <see cref="ReleaseAllWaits"/> is called.</summary>
    /// <param name="ticket">
    /// The ticket: a number that reserves 1,024 sequence numbers for the events of one transaction.
    /// </param>
    public Task WaitUntilPublished(long ticket)
    {
        lock (_lock)
            return _own.TryGetValue(ticket, out OwnEvents? own) ? own.Wait() : Task.CompletedTask;
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
    /// <param name="before">
    /// The <see cref="State"/> before the page was read. Events of the page up to the last event that was published by then are ignored.
    /// </param>
    /// <returns>True if the remaining events of the page must wait, because another transaction may still be running.</returns>
    public bool PublishPage(EventPage page, PublishingState before)
    {
        lock (_lock)
        {
            IGrouping<long, StoredEvent>[] tickets =
                [.. page.Events.Where(e => e.Sequence > before.LastPublished.Sequence).GroupBy(e => TicketSequenceConverter.TicketOfSequence(e.Sequence))];
            RemoveLostEvents(page, [.. tickets.Select(ticket => ticket.Key)], before);

            // This process may have published some of these tickets since the page was read. A page contains whole tickets.
            foreach (IGrouping<long, StoredEvent> ticket in tickets)
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
                Remove(ticket);

            // After lost commits, the newest ticket may be lower than the settled one.
            Settle(0, newest);
            _settled = TicketSequenceConverter.TicketOfSequence(newest.Sequence);
        }
    }

    /// <summary>
    /// Completes all calls of <see cref="WaitUntilPublished"/>. The updates that wait are already committed. Their events are published
    /// later.
    /// </summary>
    public void ReleaseAllWaits()
    {
        lock (_lock)
        {
            foreach (OwnEvents own in _own.Values)
                own.Release();
        }
    }

    /// <summary>Completes all calls of <see cref="WaitUntilPublished"/>, also later ones. The store calls this method when it closes.</summary>
    /// <remarks>All subscriptions have ended, so nobody can receive the events of the updates that wait.</remarks>
    public void Close()
    {
        lock (_lock)
        {
            _settled = long.MaxValue;
            ReleaseAllWaits();
        }
    }

    /// <summary>Removes events of this process that a page should contain, but does not: the database has lost them.</summary>
    private void RemoveLostEvents(EventPage page, HashSet<long> ticketsOfPage, PublishingState before)
    {
        long lastOfPage = page.ReachesNewestEvent ? long.MaxValue : TicketSequenceConverter.TicketOfSequence(page.Events[^1].Sequence);
        foreach ((long ticket, OwnEvents own) in _own.TakeWhile(own => own.Key <= lastOfPage).ToArray())
        {
            if (own.Number > before.OwnCommits || ticketsOfPage.Contains(ticket))
                continue;

            Log.CommitLost(context.Logger, store, TicketSequenceConverter.FirstSequenceOfTicket(ticket));
            Remove(ticket);
        }
    }

    /// <summary>Removes events of this process, and releases the update that waits for them.</summary>
    private void Remove(long ticket)
    {
        if (_own.Remove(ticket, out OwnEvents? own))
            own.Release();
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
        // Another server may have used the ticket of a lost commit again. Its transaction has another time.
        if (_own.TryGetValue(ticket, out OwnEvents? own) && own.Count == events.Count && own.Events.At == events[0].At)
            own.Publish(context, ticket);
        else
            context.Events.Publish(events);
        Settle(ticket, new EventIdentity(events[^1].Sequence, events[^1].At));
        Remove(ticket);
    }

    /// <summary>
    /// Publishes events of this process that wait in <see cref="_own"/>. Stops when the next event in order does not wait there.
    /// </summary>
    private void PublishOwn()
    {
        while (_own.TryGetValue(_settled + 1, out OwnEvents? own))
        {
            long ticket = _settled + 1;
            own.Publish(context, ticket);
            Settle(ticket, new EventIdentity(TicketSequenceConverter.FirstSequenceOfTicket(ticket) + own.Count - 1, own.Events.At));
            Remove(ticket);
        }
    }

    /// <summary>Records that the events of a ticket are published.</summary>
    /// <param name="ticket">
    /// The ticket: a number that reserves 1,024 sequence numbers for the events of one transaction.
    /// </param>
    /// <param name="last">The position of the last published event.</param>
    private void Settle(long ticket, EventIdentity last)
    {
        (_settled, _last) = (Math.Max(_settled, ticket), last);
        _missing.ForgetMissingTickets();
    }

    /// <summary>
    /// Represents the events of one ticket that this process has committed. A ticket is a number that reserves 1,024 sequence
    /// numbers.
    /// </summary>
    /// <param name="events">All events of the transaction.</param>
    /// <param name="start">The index in <paramref name="events"/> of the first event of the ticket.</param>
    /// <param name="count">The number of events of the ticket.</param>
    /// <param name="number">The number of entries that there were before, plus one.</param>
    private sealed class OwnEvents(UpdateEvents events, int start, int count, long number)
    {
        private TaskCompletionSource? _released;

        public UpdateEvents Events => events;

        public int Count => count;

        public long Number => number;

        public void Publish(StoreContext context, long ticket) => context.Events.Publish(events, start, count, TicketSequenceConverter.FirstSequenceOfTicket(ticket));

        public Task Wait() => (_released ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        public void Release() => _released?.TrySetResult();
    }
}
