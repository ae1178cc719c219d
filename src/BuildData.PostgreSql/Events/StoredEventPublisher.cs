using BuildData.PostgreSql.Connections;
using BuildData.Stores;

namespace BuildData.PostgreSql.Events;

/// <summary>
/// Reads the events of all masters from the database, and publishes them in the order of their sequence numbers. Thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// This class reads pages of events, one page at a time (<see cref="_reading"/>). <see cref="OrderedEventPublisher"/> merges
/// the events of the pages with the events of this process's commits, and publishes them.
/// <see cref="EarlierTransactionChecker"/> finds out whether earlier events can still appear.
/// </para>
/// <para>
/// Each page must begin with the last published event. If that event is missing or has another time, there are two possible
/// causes. Either the event was removed because it was too old, or the database has lost commits. In both cases this class
/// ends all subscriptions.
/// </para>
/// </remarks>
internal sealed class StoredEventPublisher(PostgreSqlDatabase database, StoreContext context) : IAsyncDisposable
{
    private static readonly TimeSpan WriterPollInterval = TimeSpan.FromMilliseconds(10);

    private readonly EventPageReader _reader = new(database);
    private readonly OrderedEventPublisher _inOrderPublisher = new(context, database.Name);
    private readonly SemaphoreSlim _reading = new(1, 1);

    /// <summary>Finds the newest event in the database. Afterwards this class publishes only events that follow this event.</summary>
    public async ValueTask Start(CancellationToken cancellationToken) =>
        _inOrderPublisher.StartAfter(await WaitForWritersAndReadNewest(cancellationToken).ConfigureAwait(false));

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
    /// caller must call <see cref="ReadAndPublish"/>, and then await <see cref="WaitUntilPublished"/>.
    /// </returns>
    public bool TryPublishCommitted(UpdateEvents events, IReadOnlyList<long> tickets) => _inOrderPublisher.TryPublishCommitted(events, tickets);

    /// <inheritdoc cref="OrderedEventPublisher.WaitUntilPublished"/>
    public Task WaitUntilPublished(long ticket) => _inOrderPublisher.WaitUntilPublished(ticket);

    /// <inheritdoc cref="OrderedEventPublisher.ReleaseAllWaits"/>
    public void ReleaseAllWaits() => _inOrderPublisher.ReleaseAllWaits();

    /// <summary>
    /// Reads new events from the database, and publishes them in order. Stops before the first event that must wait for the
    /// end of another transaction.
    /// </summary>
    /// <returns>
    /// True if an event must wait, because another transaction may still be running. Then the caller must call this method again soon.
    /// </returns>
    public async ValueTask<bool> ReadAndPublish(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            bool readsRunningWriterTransactions = false;
            while (true)
            {
                // To read the running transactions costs two queries. So they are read only when a ticket is missing.
                PublishingState before = _inOrderPublisher.State;
                readsRunningWriterTransactions |= before.IsWaitingForEarlierTicket;
                EventPage page = await _reader.ReadPage(before.LastPublished.Sequence, readsRunningWriterTransactions, cancellationToken).ConfigureAwait(false);
                if (await RestartIfLastEventIsGone(before.LastPublished, page, cancellationToken).ConfigureAwait(false))
                    return false;

                bool isMissing = _inOrderPublisher.PublishPage(page, before);
                // A ticket is missing although the running transactions are known. One of these transactions must end first.
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
        _inOrderPublisher.Close();
    }

    /// <summary>
    /// Checks whether a page begins with the last published event. If the page does not, ends all subscriptions. Afterwards publishes only
    /// events that follow the newest event of the database.
    /// </summary>
    /// <remarks>
    /// If the last published event is gone, it was removed because it was too old, or the database has lost commits. A
    /// database loses commits if an old backup is restored, or if a server without the latest commits takes over. A database
    /// whose commits do not wait for the disk can lose commits in a crash.
    /// </remarks>
    /// <param name="last">The event that was the last published one before the page was read.</param>
    /// <param name="page">The page.</param>
    /// <param name="cancellationToken">Cancels the read of the newest event.</param>
    /// <returns>True if the subscriptions were ended. Then the page must not be published.</returns>
    private async ValueTask<bool> RestartIfLastEventIsGone(EventIdentity last, EventPage page, CancellationToken cancellationToken)
    {
        if (last.Sequence == 0 || (page.Events.Count > 0 && page.Events[0].Sequence == last.Sequence && last.HasSameOrUnknownTime(page.Events[0].At)))
            return false;

        // This process has published more events since the page was read. So the page proves nothing, and the next read checks again.
        if (_inOrderPublisher.State.LastPublished != last)
            return false;

        EventIdentity newest = await WaitForWritersAndReadNewest(cancellationToken).ConfigureAwait(false);

        // Old events are removed, but never the newest one. So if the database has no event after the last published one, the
        // database has lost commits.
        bool wasExpired = page.Events.Count > 0 && page.Events[0].Sequence > last.Sequence;
        _inOrderPublisher.EndSubscriptionsAndRestart(last, newest, wasExpired);
        return true;
    }

    /// <summary>
    /// Returns the position of the newest event. Some running transactions may still add events before this position. The method first
    /// waits until these transactions have ended.
    /// </summary>
    private async ValueTask<EventIdentity> WaitForWritersAndReadNewest(CancellationToken cancellationToken)
    {
        HashSet<string>? writers = null;
        while (true)
        {
            EventIdentity newest = await _reader.ReadNewestPosition(cancellationToken).ConfigureAwait(false);
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
