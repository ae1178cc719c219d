using BuildData.PostgreSql.Connections;
using BuildData.Stores;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// Reads the table of events, and publishes the events of all masters in the order of their sequence numbers. Thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// A ticket is a number that a transaction draws right before its commit. The ticket determines the sequence numbers of the
/// transaction's events.
/// </para>
/// <para>
/// Three classes share the work. This one reads pages of events. Only one read runs at a time (<see cref="_reading"/>).
/// <see cref="InOrderEventPublisher"/> puts the events of the pages and of this process's commits into one order.
/// <see cref="MissingTicketChecker"/> decides whether the transaction of a missing ticket was rolled back.
/// </para>
/// <para>
/// Each page must begin with the last published event. If that event is missing or has another time, there are two possible
/// causes. Either the event was removed as expired, or the database has lost commits and uses their numbers again. In both
/// cases all subscriptions are ended.
/// </para>
/// </remarks>
internal sealed class EventTablePublisher(PostgreSqlDatabase database, StoreContext context) : IAsyncDisposable
{
    private static readonly TimeSpan WriterPollInterval = TimeSpan.FromMilliseconds(10);

    private readonly EventPageReader _reader = new(database);
    private readonly InOrderEventPublisher _inOrderPublisher = new(context, database.Name);
    private readonly SemaphoreSlim _reading = new(1, 1);

    /// <summary>Begins after the newest event of the table. Events up to that one are not published.</summary>
    public async ValueTask Start(CancellationToken cancellationToken) =>
        _inOrderPublisher.StartAfter(await ReadNewest(cancellationToken).ConfigureAwait(false));

    /// <summary>
    /// Publishes events that this process has committed. Holds back events until all earlier tickets are settled, which means
    /// that their transactions have ended.
    /// </summary>
    /// <param name="events">The events of one transaction.</param>
    /// <param name="tickets">The tickets that the transaction has drawn, in ascending order.</param>
    /// <returns>
    /// True if the events are published, or if nobody subscribes. The caller can then complete the updates. If false, the
    /// caller must start <see cref="ReadAndPublish"/>, and await <see cref="WaitUntilPublished"/>.
    /// </returns>
    public bool TryPublishCommitted(UpdateEvents events, IReadOnlyList<long> tickets) => _inOrderPublisher.TryPublishCommitted(events, tickets);

    /// <summary>Waits until the events of a ticket are published, or the feed is disposed.</summary>
    public ValueTask WaitUntilPublished(long ticket) => _inOrderPublisher.WaitUntilPublished(ticket);

    /// <summary>Reads the table, and publishes all events that have no missing ticket before them.</summary>
    /// <returns>
    /// Whether a ticket is missing whose transaction may still be running. If so, the caller must call this method again soon.
    /// </returns>
    public async ValueTask<bool> ReadAndPublish(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            bool readsRunningWriterTransactions = false;
            while (true)
            {
                // Reading the running transactions costs two queries, so it is done only when a ticket is missing.
                (EventPosition last, bool wasMissing) = _inOrderPublisher.State;
                readsRunningWriterTransactions |= wasMissing;
                EventPage page = await _reader.ReadPage(last.Sequence, readsRunningWriterTransactions, cancellationToken).ConfigureAwait(false);
                if (await RestartIfLastEventIsGone(last, page, cancellationToken).ConfigureAwait(false))
                    return false;

                bool isMissing = _inOrderPublisher.PublishPage(page, last.Sequence);
                // A ticket is missing although the running transactions are known: one of them must end first.
                if (isMissing && page.RunningWriterTransactions is not null)
                    return true;
                if (!isMissing && page.ReachesNewestEvent)
                    return false;

                readsRunningWriterTransactions = isMissing;
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
        _inOrderPublisher.ReleaseAllWaits();
    }

    /// <summary>
    /// Checks whether the page still begins with the last published event. If it does not, ends all subscriptions, and
    /// continues after the newest event.
    /// </summary>
    /// <remarks>
    /// If the event is not there, it was removed as expired, or the database has lost commits. A database loses commits if it
    /// is restored, or if a server without the latest commits takes over. It also loses commits in a crash if it was configured
    /// not to wait for the disk.
    /// </remarks>
    /// <param name="last">The last published event before the page was read.</param>
    /// <param name="page">The page.</param>
    /// <param name="cancellationToken">Cancels the read of the newest event.</param>
    /// <returns>Whether the page must not be published.</returns>
    private async ValueTask<bool> RestartIfLastEventIsGone(EventPosition last, EventPage page, CancellationToken cancellationToken)
    {
        if (last.Sequence == 0 || (page.Events.Count > 0 && page.Events[0].Sequence == last.Sequence && last.IsTimeEqualOrUnknown(page.Events[0].At)))
            return false;

        // This process has published more since the page was read, so the page proves nothing. The next read checks again.
        if (_inOrderPublisher.State.LastPublished != last)
            return false;

        EventPosition newest = await ReadNewest(cancellationToken).ConfigureAwait(false);

        // The newest event is never removed as expired. So the last published event was removed only if the table has later
        // events. Without any, commits were lost.
        bool wasExpired = page.Events.Count > 0 && page.Events[0].Sequence > last.Sequence;
        _inOrderPublisher.EndSubscriptionsAndRestart(last, newest, wasExpired);
        return true;
    }

    /// <summary>
    /// Returns the position of the newest event, after all transactions have ended that may have drawn an earlier ticket.
    /// </summary>
    /// <remarks>
    /// The events of these transactions are visible to every later read. Therefore no event before this position can become
    /// visible later.
    /// </remarks>
    private async ValueTask<EventPosition> ReadNewest(CancellationToken cancellationToken)
    {
        HashSet<string>? writers = null;
        while (true)
        {
            EventPosition newest = await _reader.ReadNewestPosition(cancellationToken).ConfigureAwait(false);
            EventPage page = await _reader.ReadPage(newest.Sequence, readsRunningWriterTransactions: true, cancellationToken).ConfigureAwait(false);

            // Of the transactions that were running at the first read, keep those that still are.
            writers ??= page.RunningWriterTransactions!;
            writers.IntersectWith(page.RunningWriterTransactions!);
            if (writers.Count == 0)
                return newest;

            await Task.Delay(WriterPollInterval, cancellationToken).ConfigureAwait(false);
        }
    }
}
