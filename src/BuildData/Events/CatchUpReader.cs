using System.Runtime.CompilerServices;
using BuildData.Stores;

namespace BuildData.Events;

/// <summary>
/// Reads the old events of a resumed subscription from the table of events. A resumed subscription continues after an earlier event: it
/// returns old events first, and then new events from its buffer. One thread at a time may read.
/// </summary>
/// <remarks>
/// <para>A resumed subscription goes through three states:</para>
/// <list type="number">
/// <item>Detached: the subscription reads pages of old events from the table. Its buffer is empty.</item>
/// <item>Attached: <see cref="EventDispatcher"/> writes new events to the buffer. The subscription still reads pages, because some events
/// were published before the buffer was attached.</item>
/// <item>Caught up: the subscription reads the buffer. It skips events that it has already read from the table.</item>
/// </list>
/// <para>
/// This class attaches the buffer when a page is not full, because then few old events are left. If the buffer were attached earlier, new
/// events could fill the buffer while the subscription still reads pages.
/// </para>
/// </remarks>
/// <param name="keptEvents">Reads pages of events from the table of events.</param>
/// <param name="dispatcher">Writes new events to the buffer.</param>
/// <param name="after">
/// The cursor of the event after which the subscription resumes: the sequence number and the time of that event.
/// </param>
internal sealed class CatchUpReader(KeptEventReader keptEvents, EventDispatcher dispatcher, EventCursor after)
{
    // The last event that was read. The dispatcher may read this field while the reader writes the field, and no lock guards it. A
    // reference is read atomically, so the dispatcher never combines the number of one event with the time of another event.
    private volatile StoredEvent? _last;

    /// <summary>
    /// Gets whether the subscription has read all old events, and must now read its buffer. The subscription has ended if
    /// <see cref="ReadAndAttach"/> returns no more events and this property is false.
    /// </summary>
    public bool HasCaughtUp { get; private set; }

    /// <summary>
    /// Gets the cursor of the event that this reader has read last. Before the first event, gets the cursor after which the subscription
    /// resumes. Thread-safe.
    /// </summary>
    public EventCursor LastRead => _last?.Cursor ?? after;

    /// <summary>
    /// Returns the old events that pass the filter of the subscription. When few old events are left, attaches the buffer of the
    /// subscription to the dispatcher.
    /// </summary>
    /// <param name="buffer">The buffer of the subscription.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public async IAsyncEnumerable<DataEvent> ReadAndAttach(SubscriptionBuffer buffer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The number of the last event that was published before the buffer was attached. Later events are in the buffer.
        long lastBeforeAttach = long.MaxValue;
        while (!HasCaughtUp)
        {
            // The subscription may have ended during the last read: it was disposed, or its buffer overflowed. Throw the error of the
            // buffer now. Otherwise the caller would see it only after all old events.
            Task completion = buffer.Reader.Completion;
            if (completion.IsCompleted)
            {
                await completion.ConfigureAwait(false);
                yield break;
            }

            bool wasAttached = lastBeforeAttach < long.MaxValue;
            List<StoredEvent>? page = await ReadPage(cancellationToken).ConfigureAwait(false);
            if (page is null)
                yield break;

            foreach (StoredEvent row in page.TakeWhile(row => row.Sequence <= lastBeforeAttach))
            {
                cancellationToken.ThrowIfCancellationRequested();
                _last = row;
                if (Convert(row, buffer.Filter) is { } e)
                    yield return e;
            }

            if (!wasAttached && page.Count < KeptEventReader.PageLength)
            {
                if (!TryAttach(buffer, out lastBeforeAttach))
                    yield break;
            }

            // The next page has the events that were published after this page was read and before the buffer was attached.
            HasCaughtUp = LastRead.Sequence >= lastBeforeAttach || (wasAttached && page.Count == 0);
        }
    }

    /// <summary>Converts a row of the table of events to an event. Returns null if the event does not pass the filter.</summary>
    private DataEvent? Convert(StoredEvent row, SubscriptionFilter filter)
    {
        // Read the resource from JSON only if its type can pass the filter.
        if (!filter.AcceptsType(dispatcher.Catalog.OfKind(row.Kind)))
            return null;

        UnnumberedEvent e = row.ToPendingEvent(dispatcher.Catalog);
        return filter.Accepts(e.Type, e.Name, e.IsPublic) && filter.MatchesPathOf(e) ? e.ToDataEvent(row.Cursor, filter) : null;
    }

    /// <summary>Reads the next page from the table of events. Returns null if the master is disposed or is being disposed.</summary>
    private async ValueTask<List<StoredEvent>?> ReadPage(CancellationToken cancellationToken)
    {
        try
        {
            return await keptEvents.ReadPageAfter(LastRead, isContinuation: _last is not null, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The stream ends without an error.
            return null;
        }
    }

    /// <summary>
    /// Attaches the buffer of the subscription to the dispatcher. From then on, the dispatcher writes new events to the buffer.
    /// </summary>
    /// <param name="buffer">The buffer of the subscription.</param>
    /// <param name="lastPublished">The sequence number of the last event that was published before the buffer was attached.</param>
    /// <returns>False if the master is disposed.</returns>
    private bool TryAttach(SubscriptionBuffer buffer, out long lastPublished)
    {
        lastPublished = 0;
        if (dispatcher.HasEnded)
            return false;

        try
        {
            lastPublished = dispatcher.Attach(buffer, isResumed: true);
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }
}
