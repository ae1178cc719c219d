using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Diagnostics;
using BuildData.Stores;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// Publishes the events of all masters in the order of their sequence numbers, each exactly once. Safe for use by several threads.
/// </summary>
/// <remarks>
/// <para>
/// The problem: tickets are drawn in ascending order, but commits become visible in any order. If ticket 7 is visible and ticket 6
/// is not, either the transaction of ticket 6 is still running, or it was rolled back and its events will never exist.
/// </para>
/// <para>
/// A ticket is settled when its transaction is known to have ended. All tickets up to <see cref="_settled"/> are settled, and
/// their events are published. Events are published only when all earlier tickets are settled.
/// </para>
/// <para>
/// Events of this process come from its commits (<see cref="TryPublish"/>). If their ticket is the next one, they are published at
/// once. Otherwise they are kept in <see cref="_own"/>, and <see cref="Look"/> reads the events before them from the table.
/// </para>
/// <para>
/// If a ticket is missing, <see cref="Look"/> remembers the running transactions that may have drawn it, in
/// <see cref="_suspects"/>. The ticket is settled when its events appear, or when all suspects have ended and its events have
/// still not appeared.
/// </para>
/// <para>
/// Each page must begin with the last published event. If that event is missing or has another time, then it was removed as
/// expired, or the database has lost commits and reuses their numbers. In both cases all subscriptions are ended.
/// </para>
/// <para>
/// <see cref="_reading"/> admits one reader at a time. <see cref="_lock"/> protects the fields, and is held while events are
/// published, which keeps them in order. <see cref="_progress"/> completes whenever a ticket is settled.
/// </para>
/// </remarks>
internal sealed class OrderedEventFeed(PostgreSqlDatabase database, StoreContext context) : IAsyncDisposable
{
    private readonly EventReader _reader = new(database);
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, OwnEvents> _own = [];

    // All tickets up to this one are settled.
    private long _settled;

    // The last published event.
    private EventPosition _last = new(0, null);

    // The running transactions that may have drawn the missing tickets after _settled; null if none is known to be missing.
    private HashSet<string>? _suspects;
    // Completes, and is replaced, when a ticket is settled.
    private TaskCompletionSource _progress = NewSignal();

    /// <summary>Begins after the newest event of the table.</summary>
    public async ValueTask Start(CancellationToken cancellationToken)
    {
        EventPosition newest = await Newest(cancellationToken).ConfigureAwait(false);
        context.StartEvents(newest.Cursor, keepsEvents: true);
        lock (_lock)
            (_last, _settled) = (newest, Tickets.Of(newest.Sequence));
    }

    /// <summary>Publishes events that this process has committed, or keeps them until all earlier tickets are settled.</summary>
    /// <param name="events">The events.</param>
    /// <param name="tickets">The tickets of the events, in ascending order.</param>
    /// <returns>
    /// True if their update can be completed: they are published, or nobody subscribes. Otherwise the caller must start a
    /// <see cref="Look"/>, and wait for <see cref="AwaitPublished"/>.
    /// </returns>
    public bool TryPublish(UpdateEvents events, IReadOnlyList<long> tickets)
    {
        lock (_lock)
        {
            for (int i = 0; i < tickets.Count; i++)
            {
                // Look may have read this ticket from the table and published it already.
                if (tickets[i] <= _settled)
                    continue;

                int start = i * Tickets.Length;
                _own[tickets[i]] = new OwnEvents(events, start, Math.Min(Tickets.Length, events.Count - start));
            }

            PublishOwn();
            if (_settled >= tickets[^1])
                return true;
            if (context.HasSubscribers)
                return false;

            // Without subscribers nobody observes the order, so the update needn't wait for the earlier tickets.
            foreach (long ticket in tickets.Where(ticket => ticket > _settled))
                context.RecordUnpublished(Tickets.First(ticket), _own[ticket].Count);
            return true;
        }
    }

    /// <summary>Waits until the events of a ticket are published, or the feed is disposed.</summary>
    public async ValueTask AwaitPublished(long ticket)
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

    /// <summary>Reads the table, and publishes all events that can be published.</summary>
    /// <returns>Whether a ticket is missing whose transaction may still be running. Then the caller must look again soon.</returns>
    public async ValueTask<bool> Look(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            bool looksForWriters = false;
            while (true)
            {
                // Looking up the running transactions costs two queries, so it is done only when a ticket is missing.
                EventPosition last;
                lock (_lock)
                {
                    last = _last;
                    looksForWriters |= _suspects is not null;
                }

                EventPage page = await _reader.Read(last.Sequence, looksForWriters, cancellationToken).ConfigureAwait(false);
                if (await IsOtherHistory(last, page, cancellationToken).ConfigureAwait(false))
                    return false;

                bool isMissing = Publish(page, last.Sequence);
                // A ticket is missing although the running transactions are known: one of them must end first.
                if (isMissing && page.Writers is not null)
                    return true;
                if (!isMissing && page.IsWhole)
                    return false;

                looksForWriters = isMissing;
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync().ConfigureAwait(false);
        _reading.Dispose();
        lock (_lock)
        {
            // The updates that still wait are committed, and there is nobody left to publish their events to. Let them complete.
            _settled = long.MaxValue;
            _progress.TrySetResult();
        }
    }

    /// <summary>Publishes the events of a page and of this process, up to the first missing ticket.</summary>
    /// <param name="page">The page.</param>
    /// <param name="from">The sequence number of the event that was the last published one when the page was read.</param>
    /// <returns>Whether a ticket is missing.</returns>
    private bool Publish(EventPage page, long from)
    {
        lock (_lock)
        {
            // This process may have published some of these events since the page was read. The last ticket may be incomplete: a
            // page may end in the middle of a ticket, whose other events come with the next page.
            foreach (IGrouping<long, StoredEvent> ticket in page.Events.Where(e => e.Sequence > from).GroupBy(e => Tickets.Of(e.Sequence)))
            {
                if (ticket.Key < _settled || (ticket.Key == _settled && _last.Sequence >= ticket.Max(e => e.Sequence)))
                    continue;
                if (ticket.Key > _settled + 1 && !IsSettledUpTo(ticket.Key, page))
                    return true;

                Publish(ticket.Key, [.. ticket.Where(e => e.Sequence > _last.Sequence)]);
                PublishOwn();
            }

            // A ticket of this process may have been committed after the page was read, so it may be kept without being in the page.
            if (_own.Count == 0)
                return false;
            long next = _own.First().Key;
            if (!IsSettledUpTo(next, page))
                return true;
            _settled = next - 1;
            PublishOwn();
            return _own.Count > 0;
        }
    }

    /// <summary>
    /// Returns whether all tickets before a visible one are settled, so that those of them that are missing were rolled back.
    /// </summary>
    private bool IsSettledUpTo(long ticket, EventPage page)
    {
        if (page.Writers is not { } writers)
            return false;

        // The writers of this page include all that may have drawn the missing tickets only if these had been drawn before the
        // writers were looked up. Otherwise look again.
        if (_suspects is null && page.Drawn < ticket - 1)
            return false;

        // Of the transactions that were running when the ticket was first missed, keep those that still are.
        _suspects ??= writers;
        _suspects.IntersectWith(writers);
        if (_suspects.Count > 0)
            return false;

        // All suspects had ended before the events of this page were read. So the page contains the events of those that
        // committed, up to its last event. A page that ends before the ticket proves nothing.
        return page.IsWhole || Tickets.Of(page.Events[^1].Sequence) >= ticket;
    }

    /// <summary>
    /// Publishes events of one ticket. Uses the objects of this process instead of the stored JSON if it has all of them.
    /// </summary>
    private void Publish(long ticket, List<StoredEvent> events)
    {
        if (_own.Remove(ticket, out OwnEvents? own) && own.Count == events.Count)
            own.Publish(context, ticket);
        else
            context.Publish(events);
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
            Settle(ticket, new EventPosition(Tickets.First(ticket) + own.Count - 1, own.Events.At));
        }
    }

    /// <summary>Records that a ticket is settled, and wakes the updates that wait for it.</summary>
    private void Settle(long ticket, EventPosition last)
    {
        (_settled, _last, _suspects) = (Math.Max(_settled, ticket), last, null);
        TaskCompletionSource progress = _progress;
        _progress = NewSignal();
        progress.SetResult();
    }

    /// <summary>
    /// Checks whether the page still begins with the last published event. If it does not, the event was removed as expired, or
    /// the database has lost commits: it was restored, a server without the latest commits has taken over, or it has crashed and
    /// was configured not to wait for the disk. Then all subscriptions are ended, and the feed continues after the newest event.
    /// </summary>
    /// <returns>Whether the page must not be published.</returns>
    private async ValueTask<bool> IsOtherHistory(EventPosition last, EventPage page, CancellationToken cancellationToken)
    {
        if (last.Sequence == 0 || (page.Events.Count > 0 && page.Events[0].Sequence == last.Sequence && last.MayBeAt(page.Events[0].At)))
            return false;

        lock (_lock)
        {
            // This process has published more since the page was read, so the page proves nothing. The next look checks again.
            if (_last != last)
                return false;
        }

        EventPosition newest = await Newest(cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            if (_last != last)
                return true;

            // The newest event is never removed as expired. So the last published event was removed only if the table has later
            // events. Without any, commits were lost.
            bool isRemoved = page.Events.Count > 0 && page.Events[0].Sequence > last.Sequence;
            if (isRemoved)
                Log.EventsLost(context.Logger, last.Sequence);
            else
                Log.WentBack(context.Logger, database.Name, last.Sequence, newest.Sequence);
            context.EventsWereLost(newest.Cursor);
            foreach (long ticket in _own.Keys.Where(ticket => ticket <= Tickets.Of(newest.Sequence)).ToArray())
                _own.Remove(ticket);
            Settle(0, newest);
            _settled = Tickets.Of(newest.Sequence);
        }

        return true;
    }

    /// <summary>
    /// Returns the position of the newest event, after all transactions have ended that may have drawn an earlier ticket. Their
    /// events are then visible to every later read, so nothing is missing before this position.
    /// </summary>
    private async ValueTask<EventPosition> Newest(CancellationToken cancellationToken)
    {
        HashSet<string>? suspects = null;
        while (true)
        {
            EventPosition newest = await _reader.Newest(cancellationToken).ConfigureAwait(false);
            EventPage page = await _reader.Read(newest.Sequence, looksForWriters: true, cancellationToken).ConfigureAwait(false);
            suspects ??= page.Writers!;
            suspects.IntersectWith(page.Writers!);
            if (suspects.Count == 0)
                return newest;

            await Task.Delay(TimeSpan.FromMilliseconds(10), cancellationToken).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Represents the events of this process that belong to one ticket.</summary>
    private sealed record OwnEvents(UpdateEvents Events, int Start, int Count)
    {
        public void Publish(StoreContext context, long ticket) => context.Publish(Events, Start, Count, Tickets.First(ticket));
    }
}
