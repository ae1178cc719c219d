using BuildData.PostgreSql.Diagnostics;
using BuildData.Stores;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// Publishes the events of all masters in the order of their sequence numbers, each exactly once. Safe for use by several threads.
/// </summary>
/// <remarks>
/// <para>
/// The problem: tickets are drawn in ascending order, but commits become visible in any order. Ticket 7 may be visible while ticket
/// 6 is not.
/// </para>
/// <para>
/// A ticket is settled when its transaction is known to have ended. All tickets up to <see cref="_settled"/> are settled, and
/// their events are published. Events are published only when all earlier tickets are settled. If tickets are missing,
/// <see cref="MissingTickets"/> decides when their transactions have ended.
/// </para>
/// <para>
/// Events of this process come from its commits (<see cref="TryPublish"/>). If their ticket is the next one, they are published at
/// once. Otherwise they are kept in <see cref="_own"/> until a page (<see cref="Publish(EventPage, long)"/>) brings the events
/// before them.
/// </para>
/// <para>
/// <see cref="_lock"/> protects the fields. It is held while events are published, which keeps them in order.
/// <see cref="_progress"/> completes whenever a ticket is settled, and wakes the updates that wait in
/// <see cref="WaitUntilPublished"/>. It is read under the lock together with <see cref="_settled"/>, so no ticket that is settled
/// later is missed.
/// </para>
/// </remarks>
/// <param name="context">The context of the store.</param>
/// <param name="store">The name of the store, for the log.</param>
internal sealed class EventSequencer(StoreContext context, string store)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, OwnEvents> _own = [];
    private readonly MissingTickets _missing = new();

    // All tickets up to this one are settled.
    private long _settled;

    // The last published event.
    private EventPosition _last = new(0, null);

    // Completes, and is replaced, when a ticket is settled.
    private TaskCompletionSource _progress = NewSignal();

    /// <summary>Gets the last published event, and whether a ticket after it is known to be missing.</summary>
    public (EventPosition Last, bool IsMissing) State
    {
        get
        {
            lock (_lock)
                return (_last, _missing.HasSuspects);
        }
    }

    /// <summary>Begins after an event.</summary>
    public void Start(EventPosition newest)
    {
        context.Events.Start(newest.Cursor, keepsEvents: true);
        lock (_lock)
            (_last, _settled) = (newest, Tickets.Of(newest.Sequence));
    }

    /// <summary>Publishes events that this process has committed, or keeps them until all earlier tickets are settled.</summary>
    /// <param name="events">The events.</param>
    /// <param name="tickets">The tickets of the events, in ascending order.</param>
    /// <returns>
    /// True if their update can be completed: they are published, or nobody subscribes. Otherwise the caller must start a read of
    /// the table, and wait for <see cref="WaitUntilPublished"/>.
    /// </returns>
    public bool TryPublish(UpdateEvents events, IReadOnlyList<long> tickets)
    {
        lock (_lock)
        {
            for (int i = 0; i < tickets.Count; i++)
            {
                // A page may have brought this ticket already.
                if (tickets[i] <= _settled)
                    continue;

                int start = i * Tickets.MaxEvents;
                _own[tickets[i]] = new OwnEvents(events, start, Math.Min(Tickets.MaxEvents, events.Count - start));
            }

            PublishOwn();
            if (_settled >= tickets[^1])
                return true;
            if (context.Events.HasSubscribers)
                return false;

            // Without subscribers nobody observes the order, so the update needn't wait for the earlier tickets.
            foreach (long ticket in tickets.Where(ticket => ticket > _settled))
                context.Events.RecordUnpublished(Tickets.FirstSequence(ticket), _own[ticket].Count);
            return true;
        }
    }

    /// <summary>Waits until the events of a ticket are published, or <see cref="Stop"/> is called.</summary>
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

    /// <summary>Publishes the events of a page and of this process, up to the first missing ticket.</summary>
    /// <param name="page">The page.</param>
    /// <param name="from">The sequence number of the event that was the last published one when the page was read.</param>
    /// <returns>Whether a ticket is missing.</returns>
    public bool Publish(EventPage page, long from)
    {
        lock (_lock)
        {
            // This process may have published some of these events since the page was read. The last ticket may be incomplete: a
            // page may end in the middle of a ticket, whose other events come with the next page.
            foreach (IGrouping<long, StoredEvent> ticket in page.Events.Where(e => e.Sequence > from).GroupBy(e => Tickets.Of(e.Sequence)))
            {
                if (ticket.Key < _settled || (ticket.Key == _settled && _last.Sequence >= ticket.Max(e => e.Sequence)))
                    continue;
                if (ticket.Key > _settled + 1 && !_missing.HaveEndedBefore(ticket.Key, page))
                    return true;

                Publish(ticket.Key, [.. ticket.Where(e => e.Sequence > _last.Sequence)]);
                PublishOwn();
            }

            // A ticket of this process may have been committed after the page was read, so it may be kept without being in the page.
            if (_own.Count == 0)
                return false;
            long next = _own.First().Key;
            if (!_missing.HaveEndedBefore(next, page))
                return true;
            _settled = next - 1;
            PublishOwn();
            return _own.Count > 0;
        }
    }

    /// <summary>
    /// Ends all subscriptions, and continues after the newest event. Does nothing if this process has published another event
    /// meanwhile.
    /// </summary>
    /// <param name="last">The last published event, which the table no longer has.</param>
    /// <param name="newest">The newest event of the table.</param>
    /// <param name="wasRemoved">Whether the event was removed as expired. Otherwise the database has lost commits.</param>
    public void Restart(EventPosition last, EventPosition newest, bool wasRemoved)
    {
        lock (_lock)
        {
            if (_last != last)
                return;

            if (wasRemoved)
                Log.EventsLost(context.Logger, last.Sequence);
            else
                Log.LatestCommitsLost(context.Logger, store, last.Sequence, newest.Sequence);
            context.Events.EndAllAsLost(newest.Cursor);
            foreach (long ticket in _own.Keys.Where(ticket => ticket <= Tickets.Of(newest.Sequence)).ToArray())
                _own.Remove(ticket);

            // After lost commits, the newest ticket may be lower than the settled one.
            Settle(0, newest);
            _settled = Tickets.Of(newest.Sequence);
        }
    }

    /// <summary>
    /// Lets the waiting updates complete. They are committed, and there is nobody left to publish their events to.
    /// </summary>
    public void Stop()
    {
        lock (_lock)
        {
            _settled = long.MaxValue;
            _progress.TrySetResult();
        }
    }

    /// <summary>
    /// Publishes events of one ticket. Uses the objects of this process instead of the stored JSON if it has all of them.
    /// </summary>
    private void Publish(long ticket, List<StoredEvent> events)
    {
        if (_own.Remove(ticket, out OwnEvents? own) && own.Count == events.Count)
            own.Publish(context, ticket);
        else
            context.Events.Publish(events);
        Settle(ticket, new EventPosition(events[^1].Sequence, events[^1].At));
    }

    /// <summary>Publishes the kept events of this process whose tickets follow the settled ones without a gap.</summary>
    private void PublishOwn()
    {
        while (_own.TryGetValue(_settled + 1, out OwnEvents? own))
        {
            long ticket = _settled + 1;
            _own.Remove(ticket);
            own.Publish(context, ticket);
            Settle(ticket, new EventPosition(Tickets.FirstSequence(ticket) + own.Count - 1, own.Events.At));
        }
    }

    /// <summary>Records that a ticket is settled, and wakes the updates that wait for it.</summary>
    private void Settle(long ticket, EventPosition last)
    {
        (_settled, _last) = (Math.Max(_settled, ticket), last);
        _missing.Clear();
        TaskCompletionSource progress = _progress;
        _progress = NewSignal();
        progress.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Represents the events of this process that belong to one ticket.</summary>
    private sealed record OwnEvents(UpdateEvents Events, int Start, int Count)
    {
        public void Publish(StoreContext context, long ticket) => context.Events.Publish(Events, Start, Count, Tickets.FirstSequence(ticket));
    }
}
