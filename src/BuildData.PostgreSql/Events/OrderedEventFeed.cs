using BuildData.PostgreSql.Connections;
using BuildData.Stores;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// Reads the table of events, and publishes the events of all masters in the order of their sequence numbers. Safe for use by
/// several threads.
/// </summary>
/// <remarks>
/// <para>
/// Three classes share the work. This one reads pages, one reader at a time (<see cref="_reading"/>).
/// <see cref="EventSequencer"/> puts the events of the pages and of this process's commits into one order.
/// <see cref="MissingTickets"/> decides whether a missing ticket was rolled back.
/// </para>
/// <para>
/// Each page must begin with the last published event. If that event is missing or has another time, then it was removed as
/// expired, or the database has lost commits and reuses their numbers. In both cases all subscriptions are ended.
/// </para>
/// </remarks>
internal sealed class OrderedEventFeed(PostgreSqlDatabase database, StoreContext context) : IAsyncDisposable
{
    private static readonly TimeSpan WriterPollInterval = TimeSpan.FromMilliseconds(10);

    private readonly EventReader _reader = new(database);
    private readonly EventSequencer _sequencer = new(context, database.Name);
    private readonly SemaphoreSlim _reading = new(1, 1);

    /// <summary>Begins after the newest event of the table.</summary>
    public async ValueTask Start(CancellationToken cancellationToken) =>
        _sequencer.Start(await ReadNewest(cancellationToken).ConfigureAwait(false));

    /// <summary>Publishes events that this process has committed, or keeps them until all earlier tickets are settled.</summary>
    /// <param name="events">The events.</param>
    /// <param name="tickets">The tickets of the events, in ascending order.</param>
    /// <returns>
    /// True if their update can be completed: they are published, or nobody subscribes. Otherwise the caller must start
    /// <see cref="ReadAndPublish"/>, and wait for <see cref="WaitUntilPublished"/>.
    /// </returns>
    public bool TryPublish(UpdateEvents events, IReadOnlyList<long> tickets) => _sequencer.TryPublish(events, tickets);

    /// <summary>Waits until the events of a ticket are published, or the feed is disposed.</summary>
    public ValueTask WaitUntilPublished(long ticket) => _sequencer.WaitUntilPublished(ticket);

    /// <summary>Reads the table, and publishes all events that can be published.</summary>
    /// <returns>
    /// Whether a ticket is missing whose transaction may still be running. Then the caller must call this method again soon.
    /// </returns>
    public async ValueTask<bool> ReadAndPublish(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            bool readsWriters = false;
            while (true)
            {
                // Reading the running transactions costs two queries, so it is done only when a ticket is missing.
                (EventPosition last, bool wasMissing) = _sequencer.State;
                readsWriters |= wasMissing;
                EventPage page = await _reader.Read(last.Sequence, readsWriters, cancellationToken).ConfigureAwait(false);
                if (await RestartIfHistoryChanged(last, page, cancellationToken).ConfigureAwait(false))
                    return false;

                bool isMissing = _sequencer.Publish(page, last.Sequence);
                // A ticket is missing although the running transactions are known: one of them must end first.
                if (isMissing && page.Writers is not null)
                    return true;
                if (!isMissing && page.ReachesNewestEvent)
                    return false;

                readsWriters = isMissing;
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
        _sequencer.Stop();
    }

    /// <summary>
    /// Checks whether the page still begins with the last published event. If it does not, the event was removed as expired, or
    /// the database has lost commits: it was restored, a server without the latest commits has taken over, or it has crashed and
    /// was configured not to wait for the disk. Then all subscriptions are ended, and the feed continues after the newest event.
    /// </summary>
    /// <returns>Whether the page must not be published.</returns>
    private async ValueTask<bool> RestartIfHistoryChanged(EventPosition last, EventPage page, CancellationToken cancellationToken)
    {
        if (last.Sequence == 0 || (page.Events.Count > 0 && page.Events[0].Sequence == last.Sequence && last.MayHaveTime(page.Events[0].At)))
            return false;

        // This process has published more since the page was read, so the page proves nothing. The next read checks again.
        if (_sequencer.State.Last != last)
            return false;

        EventPosition newest = await ReadNewest(cancellationToken).ConfigureAwait(false);

        // The newest event is never removed as expired. So the last published event was removed only if the table has later
        // events. Without any, commits were lost.
        bool wasRemoved = page.Events.Count > 0 && page.Events[0].Sequence > last.Sequence;
        _sequencer.Restart(last, newest, wasRemoved);
        return true;
    }

    /// <summary>
    /// Returns the position of the newest event, after all transactions have ended that may have drawn an earlier ticket. Their
    /// events are then visible to every later read, so nothing is missing before this position.
    /// </summary>
    private async ValueTask<EventPosition> ReadNewest(CancellationToken cancellationToken)
    {
        HashSet<string>? writers = null;
        while (true)
        {
            EventPosition newest = await _reader.ReadNewest(cancellationToken).ConfigureAwait(false);
            EventPage page = await _reader.Read(newest.Sequence, readsWriters: true, cancellationToken).ConfigureAwait(false);

            // Of the transactions that were running at the first read, keep those that still are.
            writers ??= page.Writers!;
            writers.IntersectWith(page.Writers!);
            if (writers.Count == 0)
                return newest;

            await Task.Delay(WriterPollInterval, cancellationToken).ConfigureAwait(false);
        }
    }
}
