using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Diagnostics;
using BuildData.Stores;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// Publishes the events of all masters in the order of their numbers, each once.
/// </summary>
/// <remarks>
/// <para>
/// Tickets are drawn in the order of their numbers, but commits become visible in any order. A ticket is settled when its
/// transaction is known to have ended: its events are there, or never will be. All tickets up to <see cref="_settled"/> are settled,
/// and their events published.
/// </para>
/// <para>
/// Events of this process arrive from its commits. If the ticket is the next one, they are published at once. Otherwise they wait in
/// <see cref="_own"/>, and what comes before them is read from the table. Where a ticket is missing, the transactions that may have
/// drawn it are looked up and remembered. It is settled when it is there, or when all of them have ended and it is still not there.
/// </para>
/// <para>
/// An event is known by its number and its time: where the one that was published last is not that any more, the database has lost
/// commits, and its numbers have been given out again.
/// </para>
/// </remarks>
internal sealed class OrderedEventFeed(PostgreSqlDatabase database, StoreContext context) : IAsyncDisposable
{
    private readonly EventReader _reader = new(database);
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, Own> _own = [];

    private long _settled;

    // The event that was published last.
    private EventPosition _last = new(0, null);

    // The transactions that may have drawn the tickets that are missing after the settled ones.
    private HashSet<string>? _suspects;
    private TaskCompletionSource _progress = NewSignal();

    /// <summary>Finds out where events are, to go on from there.</summary>
    public async ValueTask Start(CancellationToken cancellationToken)
    {
        EventPosition newest = await Newest(cancellationToken).ConfigureAwait(false);
        context.StartEvents(newest.Cursor, keepsEvents: true);
        lock (_lock)
            (_last, _settled) = (newest, Tickets.Of(newest.Sequence));
    }

    /// <summary>Publishes what this process has committed, and before it what others have.</summary>
    /// <param name="events">The events.</param>
    /// <param name="tickets">Their tickets.</param>
    /// <returns>
    /// Whether they have been published, or nobody waits for them. Otherwise they are when those before them have been:
    /// <see cref="AwaitPublished"/>.
    /// </returns>
    public bool TryPublish(UpdateEvents events, IReadOnlyList<long> tickets)
    {
        lock (_lock)
        {
            for (int i = 0; i < tickets.Count; i++)
            {
                // Somebody has looked into the table meanwhile.
                if (tickets[i] <= _settled)
                    continue;

                int start = i * Tickets.Length;
                _own[tickets[i]] = new Own(events, start, Math.Min(Tickets.Length, events.Count - start));
            }

            PublishOwn();
            if (_settled >= tickets[^1])
                return true;
            if (context.HasSubscribers)
                return false;

            // Nobody is there to whom the order matters, so nobody waits for it.
            foreach (long ticket in tickets.Where(ticket => ticket > _settled))
                context.CompletedAhead(Tickets.First(ticket), _own[ticket].Count);
            return true;
        }
    }

    /// <summary>Waits until a ticket's events have been published.</summary>
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

    /// <summary>Publishes what there is.</summary>
    /// <returns>Whether a ticket is missing whose transaction has not ended.</returns>
    public async ValueTask<bool> Look(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            bool looksForWriters = false;
            while (true)
            {
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
            // What still waits is committed, and there is nobody left to publish it to.
            _settled = long.MaxValue;
            _progress.TrySetResult();
        }
    }

    /// <summary>Publishes the events of a page up to the first ticket that is missing.</summary>
    /// <returns>Whether a ticket is missing.</returns>
    private bool Publish(EventPage page, long from)
    {
        lock (_lock)
        {
            // This process may have published some of them meanwhile.
            foreach (IGrouping<long, StoredEvent> ticket in page.Events.Where(e => e.Sequence > from).GroupBy(e => Tickets.Of(e.Sequence)))
            {
                if (ticket.Key < _settled || (ticket.Key == _settled && _last.Sequence >= ticket.Max(e => e.Sequence)))
                    continue;
                if (ticket.Key > _settled + 1 && !IsSettledUpTo(ticket.Key, page))
                    return true;

                Publish(ticket.Key, [.. ticket.Where(e => e.Sequence > _last.Sequence)]);
                PublishOwn();
            }

            // Tickets of this process may be missing from a page that was read before they were committed.
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

    /// <summary>Whether all tickets before one that is there are settled, though some of them are missing.</summary>
    private bool IsSettledUpTo(long ticket, EventPage page)
    {
        if (page.Writers is not { } writers)
            return false;

        // Whoever has drawn a ticket before this one was under way when it was first missed, if it was drawn by then.
        if (_suspects is null && page.Drawn < ticket - 1)
            return false;

        _suspects ??= writers;
        _suspects.IntersectWith(writers);
        if (_suspects.Count > 0)
            return false;

        // A page has all that had ended before its writers were looked for, up to its last event.
        return page.IsWhole || Tickets.Of(page.Events[^1].Sequence) >= ticket;
    }

    private void Publish(long ticket, List<StoredEvent> events)
    {
        if (_own.Remove(ticket, out Own? own) && own.Count == events.Count)
            own.Publish(context, ticket);
        else
            context.Publish(events);
        Settle(ticket, new EventPosition(events[^1].Sequence, events[^1].At));
    }

    private void PublishOwn()
    {
        while (_own.TryGetValue(_settled + 1, out Own? own))
        {
            long ticket = _settled + 1;
            _own.Remove(ticket);
            own.Publish(context, ticket);
            Settle(ticket, new EventPosition(Tickets.First(ticket) + own.Count - 1, own.Events.At));
        }
    }

    private void Settle(long ticket, EventPosition last)
    {
        (_settled, _last, _suspects) = (Math.Max(_settled, ticket), last, null);
        TaskCompletionSource progress = _progress;
        _progress = NewSignal();
        progress.SetResult();
    }

    /// <summary>
    /// Whether the database has lost what was published last: it was restored, another server has taken over that did not have it
    /// yet, or it has crashed and was set not to wait for the disk. Then subscribers are told, and what comes is in another order.
    /// </summary>
    private async ValueTask<bool> IsOtherHistory(EventPosition last, EventPage page, CancellationToken cancellationToken)
    {
        if (last.Sequence == 0 || (page.Events.Count > 0 && page.Events[0].Sequence == last.Sequence && last.MayBeAt(page.Events[0].At)))
            return false;

        lock (_lock)
        {
            // This process has gone on meanwhile, and the next look sees better.
            if (_last != last)
                return false;
        }

        EventPosition newest = await Newest(cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            if (_last != last)
                return true;

            // The newest event is never removed as old. If there are later ones, the last one may have been.
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

    /// <summary>The newest event, when all transactions have ended that had drawn a ticket before it.</summary>
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

    /// <summary>Events of this process with one ticket.</summary>
    private sealed record Own(UpdateEvents Events, int Start, int Count)
    {
        public void Publish(StoreContext context, long ticket) => context.Publish(Events, Start, Count, Tickets.First(ticket));
    }
}
