using System.Runtime.CompilerServices;
using System.Threading.Channels;
using BuildData.Diagnostics;
using BuildData.Events;
using BuildData.Stores;

namespace BuildData;

/// <summary>
/// Represents a subscription to events, which it returns in commit order.
/// </summary>
/// <remarks>
/// <para>
/// Read it with <c>await foreach</c>, or pass the events to a callback with <see cref="Handle"/>. Either can be done once. Leaving the
/// loop or calling <see cref="DisposeAsync"/> ends the subscription. If the master is disposed, the stream ends after the events that
/// were published before.
/// </para>
/// <para>Disposing is thread-safe. One thread at a time may read.</para>
/// </remarks>
public sealed class Subscription : IAsyncEnumerable<DataEvent>, IAsyncDisposable
{
    // A subscription to new events is attached to the hub from the beginning. A resumed one has three states:
    // 1. Detached: it reads pages of kept events. The hub does not know it, so its buffer stays empty meanwhile.
    // 2. Attached: the last page was not full, so the end is near. The hub now writes new events to the buffer. The subscription still
    //    reads pages, up to the last event that was published before it was attached.
    // 3. Caught up: it reads the buffer, and skips the events that it has already read from the store.
    //
    // The hub calls the internal members under its lock, so there is one writer. The reader runs without that lock. A full buffer ends
    // the subscription: the channel is completed with the error, and the reader gets the error after the buffered events.
    private readonly EventHub _hub;
    private readonly Telemetry _telemetry;
    private readonly Channel<DataEvent> _buffer;
    private readonly EventHistory? _kept;
    private readonly int _capacity;
    private EventCursor _lastOffered;
    private IReadOnlyList<(long First, long Last)>? _excluded;
    private int _reading;
    private bool _hasCaughtUp;
    // The last kept event that was read. The reader writes this field and the hub reads it without a lock. A reference is read
    // atomically, so the hub never combines the number of one event with the time of another.
    private volatile StoredEvent? _lastKept;
    private readonly EventCursor _after;

    internal Subscription(EventHub hub, Telemetry telemetry, SubscriptionFilter filter, int capacity, EventHistory? kept = null, EventCursor after = default)
    {
        _hub = hub;
        _telemetry = telemetry;
        _capacity = capacity;
        _kept = kept;
        _after = after;
        _buffer = Channel.CreateBounded<DataEvent>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });
        Filter = filter;
    }

    internal SubscriptionFilter Filter { get; }

    /// <summary>Gets or sets the number of the first batch of updates whose events the subscription receives.</summary>
    internal long FirstBatch { get; set; }

    // The reader may have read later events from the store than the hub has offered.
    private EventCursor LastDelivered => CaughtUp is var kept && kept.Sequence > _lastOffered.Sequence ? kept : _lastOffered;

    private EventCursor CaughtUp => _lastKept?.Cursor ?? _after;

    /// <summary>Gets the number of events that wait in the buffer.</summary>
    internal int Waiting => _buffer.Reader.Count;

    /// <summary>Reads the events.</summary>
    /// <param name="cancellationToken">Cancels the read: the stream ends with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidOperationException">The subscription has already been read or passed to a callback.</exception>
    /// <exception cref="SubscriberLaggedException">
    /// The reader was too slow and its buffer overflowed. See <see cref="BuildDataOptions.SubscriberBuffer"/>.
    /// </exception>
    /// <exception cref="CursorExpiredException">Events after the cursor are no longer kept.</exception>
    /// <exception cref="EventsLostException">The store lost events, or its history was replaced.</exception>
    public IAsyncEnumerator<DataEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _reading, 1) != 0)
            throw new InvalidOperationException("The subscription has already been read or passed to a callback. Subscribe again for another reader.");
        return Read(cancellationToken).GetAsyncEnumerator(cancellationToken);
    }

    /// <summary>
    /// Calls a callback for each event, one after the other and in commit order.
    /// </summary>
    /// <remarks>
    /// The callback runs on the thread pool. If it throws, the exception is logged and the callback is called for the next event. Other
    /// subscriptions are not affected.
    /// </remarks>
    /// <param name="callback">The callback. Its token is cancelled when the returned object is disposed.</param>
    /// <returns>The running callback. Disposing it ends the subscription.</returns>
    /// <exception cref="InvalidOperationException">The subscription has already been read or passed to a callback.</exception>
    public EventCallback Handle(Func<DataEvent, CancellationToken, Task> callback) => Handle(callback, static e => e);

    /// <summary>Ends the subscription. A reader still receives the events that are already in the buffer.</summary>
    public ValueTask DisposeAsync()
    {
        _hub.Remove(this);
        End();
        return ValueTask.CompletedTask;
    }

    /// <summary>Calls a callback for each event, converted to the type that the callback expects.</summary>
    internal EventCallback Handle<TEvent>(Func<TEvent, CancellationToken, Task> callback, Func<DataEvent, TEvent> convert)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return EventCallback.Start(this, callback, convert, _telemetry);
    }

    /// <summary>Sets the event after which the hub offers events to the subscription.</summary>
    /// <param name="cursor">The cursor of the last event that was published before.</param>
    /// <param name="excluded">
    /// The ranges of later events that the subscription must not receive, because they were committed before it began; null if there
    /// are none.
    /// </param>
    internal void BeginAt(EventCursor cursor, IReadOnlyList<(long First, long Last)>? excluded) => (_lastOffered, _excluded) = (cursor, excluded);

    /// <summary>Returns whether an event was committed before the subscription began, although it is published later.</summary>
    internal bool Excludes(long sequence) => _excluded is not null && _excluded.Any(range => range.First <= sequence && sequence <= range.Last);

    /// <summary>Returns whether an event has already been offered, for example because another of its paths matched.</summary>
    internal bool HasSeen(long sequence) => _lastOffered.Sequence >= sequence;

    /// <summary>Writes an event to the buffer. If the buffer is full, ends the subscription.</summary>
    /// <returns>Whether the subscription continues.</returns>
    internal bool Offer(DataEvent e)
    {
        if (!_buffer.Writer.TryWrite(e))
        {
            EventCursor last = LastDelivered;
            if (_buffer.Writer.TryComplete(new SubscriberLaggedException(last, _capacity)))
                _telemetry.SubscriberLagged(Filter.Patterns[0].Text, last.Sequence);
            return false;
        }

        _lastOffered = e.Cursor;
        return true;
    }

    internal void End() => _buffer.Writer.TryComplete();

    /// <summary>Ends the stream with <see cref="EventsLostException"/> after the buffered events.</summary>
    internal void EndLost() => _buffer.Writer.TryComplete(new EventsLostException(LastDelivered));

    private async IAsyncEnumerable<DataEvent> Read([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            if (_kept is not null)
            {
                await foreach (DataEvent e in CatchUp(_kept, cancellationToken).ConfigureAwait(false))
                    yield return e;
                if (!_hasCaughtUp)
                    yield break;
            }

            long caughtUpTo = CaughtUp.Sequence;
            while (await _buffer.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (_buffer.Reader.TryRead(out DataEvent? e))
                {
                    // The event is committed before it is published, so the history can return it first.
                    if (e.Sequence <= caughtUpTo)
                        continue;

                    cancellationToken.ThrowIfCancellationRequested();
                    yield return e;
                }
            }
        }
        finally
        {
            await DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Reads the kept events, and attaches the subscription to the hub near their end.</summary>
    private async IAsyncEnumerable<DataEvent> CatchUp(EventHistory kept, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The last event that was published before the subscription was attached. Later ones are in the buffer.
        long lastBeforeAttach = long.MaxValue;
        while (!_hasCaughtUp)
        {
            // The subscription may have ended while kept events were read: it was disposed, or its buffer overflowed. Throw its error now,
            // because the buffer is read only after all kept events.
            Task completion = _buffer.Reader.Completion;
            if (completion.IsCompleted)
            {
                await completion.ConfigureAwait(false);
                yield break;
            }

            bool wasAttached = lastBeforeAttach < long.MaxValue;
            List<StoredEvent>? page = await Page(kept, cancellationToken).ConfigureAwait(false);
            if (page is null)
                yield break;

            foreach (StoredEvent row in page.TakeWhile(row => row.Sequence <= lastBeforeAttach))
            {
                cancellationToken.ThrowIfCancellationRequested();
                _lastKept = row;
                if (Filter.WantsType(_hub.Catalog.OfKind(row.Kind)) && row.ToEvent(_hub.Catalog) is var e && Filter.Wants(e.Type, e.Name, e.IsPublic) && Filter.Fits(e))
                    yield return e.ToDataEvent(row.Cursor, Filter);
            }

            // Attach only near the end. Otherwise the buffer could overflow with new events while old ones are still being read.
            if (!wasAttached && page.Count < EventHistory.PageLength)
            {
                if (!TryAttach(out lastBeforeAttach))
                    yield break;
            }

            // Events that were published after this page was read and before attaching are on the next page.
            _hasCaughtUp = CaughtUp.Sequence >= lastBeforeAttach || (wasAttached && page.Count == 0);
        }
    }

    private async ValueTask<List<StoredEvent>?> Page(EventHistory kept, CancellationToken cancellationToken)
    {
        try
        {
            return await kept.After(CaughtUp, isRead: _lastKept is not null, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The master is disposed, or is being disposed. The stream ends without an error.
            return null;
        }
    }

    private bool TryAttach(out long sequence)
    {
        sequence = 0;
        if (_hub.HasEnded)
            return false;

        try
        {
            sequence = _hub.Attach(this, isResumed: true);
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }
}
