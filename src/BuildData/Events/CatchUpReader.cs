using System.Runtime.CompilerServices;
using BuildData.Stores;

namespace BuildData.Events;

/// <summary>
/// Reads the kept events of a resumed subscription, until the subscription has caught up with new events. Kept events are stored in the
/// table of events. One thread at a time may read.
/// </summary>
/// <remarks>
/// <para>A resumed subscription goes through three states:</para>
/// <list type="number">
/// <item>Detached: it reads pages of kept events. Its buffer stays empty.</item>
/// <item>Attached: a page was not full, which means that few kept events are left. <see cref="EventDispatcher"/> now writes new events to
/// the buffer. The subscription still reads pages, up to the last event that was published before it was attached.</item>
/// <item>Caught up: it reads the buffer, and skips the events that it has already read from the table.</item>
/// </list>
/// <para>
/// The subscription is attached only when few kept events are left. Otherwise new events could fill the buffer while the subscription
/// still reads old ones.
/// </para>
/// </remarks>
/// <param name="keptEvents">Reads pages of kept events.</param>
/// <param name="dispatcher">Delivers new events.</param>
/// <param name="after">The cursor after which the subscription resumes.</param>
internal sealed class CatchUpReader(KeptEventReader keptEvents, EventDispatcher dispatcher, EventCursor after)
{
    // The last event that was read. The dispatcher may read this field while the reader writes it, and no lock guards it. A reference is
    // read atomically, so the dispatcher never combines the number of one event with the time of another.
    private volatile StoredEvent? _last;

    /// <summary>
    /// Gets whether the subscription has caught up. If <see cref="ReadAndAttach"/> has returned its last event and this is false, the subscription has
    /// ended.
    /// </summary>
    public bool HasCaughtUp { get; private set; }

    /// <summary>
    /// Gets the cursor of the last event that was read. If none was read yet, gets the cursor after which the subscription resumes.
    /// Thread-safe.
    /// </summary>
    public EventCursor LastRead => _last?.Cursor ?? after;

    /// <summary>Reads the kept events that pass the filter of the subscription, and attaches its buffer to the dispatcher.</summary>
    /// <param name="buffer">The buffer of the subscription.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public async IAsyncEnumerable<DataEvent> ReadAndAttach(SubscriptionBuffer buffer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The last event that was published before the subscription was attached. Later ones are in the buffer.
        long lastBeforeAttach = long.MaxValue;
        while (!HasCaughtUp)
        {
            // The subscription may have ended while kept events were read: it was disposed, or its buffer overflowed. Throw its error now,
            // because the buffer is read only after all kept events.
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

            // Events that were published after this page was read and before attaching are on the next page.
            HasCaughtUp = LastRead.Sequence >= lastBeforeAttach || (wasAttached && page.Count == 0);
        }
    }

    /// <summary>Converts a kept event. Returns null if it does not pass the filter.</summary>
    private DataEvent? Convert(StoredEvent row, SubscriptionFilter filter)
    {
        // Read the resource from JSON only if its type can pass the filter.
        if (!filter.AcceptsType(dispatcher.Catalog.OfKind(row.Kind)))
            return null;

        PendingEvent e = row.ToPendingEvent(dispatcher.Catalog);
        return filter.Accepts(e.Type, e.Name, e.IsPublic) && filter.MatchesPathOf(e) ? e.ToDataEvent(row.Cursor, filter) : null;
    }

    /// <summary>Reads the next page of kept events. Returns null if the master is disposed or is being disposed.</summary>
    private async ValueTask<List<StoredEvent>?> ReadPage(CancellationToken cancellationToken)
    {
        try
        {
            return await keptEvents.ReadPageAfter(LastRead, isFromEarlierPage: _last is not null, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The stream ends without an error.
            return null;
        }
    }

    /// <summary>Attaches the buffer of the subscription to the dispatcher, which then writes new events to it.</summary>
    /// <param name="buffer">The buffer of the subscription.</param>
    /// <param name="sequence">The sequence number of the last event that was published before the subscription was attached.</param>
    /// <returns>False if the master is disposed.</returns>
    private bool TryAttach(SubscriptionBuffer buffer, out long sequence)
    {
        sequence = 0;
        if (dispatcher.HasEnded)
            return false;

        try
        {
            sequence = dispatcher.Attach(buffer, isResumed: true);
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }
}
