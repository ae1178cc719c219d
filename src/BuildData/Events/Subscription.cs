using System.Runtime.CompilerServices;
using System.Threading.Channels;
using BuildData.Diagnostics;
using BuildData.Events;
using BuildData.Stores;

namespace BuildData;

/// <summary>
/// The events that fit a pattern, in commit order. To be read once, with <c>await foreach</c>, or handed to a callback with
/// <see cref="Handle"/>; leaving the loop, or <see cref="DisposeAsync"/>, ends it. When the master is disposed the stream ends
/// after what was announced until then.
/// </summary>
public sealed class Subscription : IAsyncEnumerable<DataEvent>, IAsyncDisposable
{
    private readonly EventHub _hub;
    private readonly Telemetry _telemetry;
    private readonly Channel<DataEvent> _buffer;
    private readonly EventHistory? _kept;
    private readonly int _capacity;
    private EventCursor _lastOffered;
    private IReadOnlyList<(long First, long Last)>? _excluded;
    private int _reading;
    private bool _hasCaughtUp;
    // The kept event that was read last. It is an object so that the hub reads its number and its time together.
    private volatile StoredEvent? _lastKept;
    private readonly EventCursor _after;

    internal Subscription(EventHub hub, Telemetry telemetry, SubscriptionFilter interest, int capacity, EventHistory? kept = null, EventCursor after = default)
    {
        _hub = hub;
        _telemetry = telemetry;
        _capacity = capacity;
        _kept = kept;
        _after = after;
        _buffer = Channel.CreateBounded<DataEvent>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });
        Interest = interest;
    }

    internal SubscriptionFilter Interest { get; }

    /// <summary>The first batch of updates whose events it gets.</summary>
    internal long FirstBatch { get; set; }

    // The reader may have had more events from the store than were offered.
    private EventCursor LastDelivered => CaughtUp is var kept && kept.Sequence > _lastOffered.Sequence ? kept : _lastOffered;

    private EventCursor CaughtUp => _lastKept?.Cursor ?? _after;

    /// <summary>How many events wait to be read.</summary>
    internal int Waiting => _buffer.Reader.Count;

    /// <summary>Reads the events. Cancelling the token ends the stream with <see cref="OperationCanceledException"/>.</summary>
    /// <exception cref="InvalidOperationException">The subscription has been read before.</exception>
    /// <exception cref="SubscriberLaggedException">The reader fell further behind than the buffer holds.</exception>
    /// <exception cref="CursorExpiredException">The events that it was to go on from are not kept any more.</exception>
    /// <exception cref="EventsLostException">The database has lost events.</exception>
    public IAsyncEnumerator<DataEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _reading, 1) != 0)
            throw new InvalidOperationException("A subscription can be read once; subscribe again for another reader.");
        return Read(cancellationToken).GetAsyncEnumerator(cancellationToken);
    }

    /// <summary>
    /// Calls back for each event, one at a time and in order, on the thread pool. An exception of the callback is logged, ends
    /// nobody's stream, this one's included, and the next event follows.
    /// </summary>
    /// <param name="callback">What to call. Its token is cancelled when the handling is disposed.</param>
    /// <returns>The handling, which ends when it is disposed, and with it the subscription.</returns>
    /// <exception cref="InvalidOperationException">The subscription has been read before.</exception>
    public EventCallback Handle(Func<DataEvent, CancellationToken, Task> callback) => Handle(callback, static e => e);

    /// <summary>Ends the subscription. A reader still gets what was announced until now.</summary>
    public ValueTask DisposeAsync()
    {
        _hub.Remove(this);
        End();
        return ValueTask.CompletedTask;
    }

    /// <summary>As <see cref="Handle"/>, with what the callback gets.</summary>
    internal EventCallback Handle<TEvent>(Func<TEvent, CancellationToken, Task> callback, Func<DataEvent, TEvent> convert)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return EventCallback.Start(this, callback, convert, _telemetry);
    }

    /// <summary>Says after which event it begins.</summary>
    /// <param name="cursor">The event.</param>
    /// <param name="excluded">Later events that it does not get, because they were committed before.</param>
    internal void BeginAt(EventCursor cursor, IReadOnlyList<(long First, long Last)>? excluded) => (_lastOffered, _excluded) = (cursor, excluded);

    /// <summary>Whether an event was committed before the subscription began, and is published after it.</summary>
    internal bool Excludes(long sequence) => _excluded is not null && _excluded.Any(range => range.First <= sequence && sequence <= range.Last);

    /// <summary>Whether an event has been offered already, on another of its paths.</summary>
    internal bool HasSeen(long sequence) => _lastOffered.Sequence >= sequence;

    /// <summary>Buffers an event; false if there is no room, which ends the subscription.</summary>
    internal bool Offer(DataEvent e)
    {
        if (!_buffer.Writer.TryWrite(e))
        {
            EventCursor last = LastDelivered;
            if (_buffer.Writer.TryComplete(new SubscriberLaggedException(last, _capacity)))
                _telemetry.SubscriberLagged(Interest.Patterns[0].Text, last.Sequence);
            return false;
        }

        _lastOffered = e.Cursor;
        return true;
    }

    internal void End() => _buffer.Writer.TryComplete();

    /// <summary>Ends the stream after what is buffered, for what comes then is lost.</summary>
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
                    // The store had it already when it was about to be announced.
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

    /// <summary>The kept events, up to those that the buffer gets.</summary>
    private async IAsyncEnumerable<DataEvent> CatchUp(EventHistory kept, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long live = long.MaxValue;
        while (!_hasCaughtUp)
        {
            // It may have ended long before, and not well.
            Task completion = _buffer.Reader.Completion;
            if (completion.IsCompleted)
            {
                await completion.ConfigureAwait(false);
                yield break;
            }

            bool wasAttached = live < long.MaxValue;
            List<StoredEvent>? page = await Page(kept, cancellationToken).ConfigureAwait(false);
            if (page is null)
                yield break;

            foreach (StoredEvent row in page.TakeWhile(row => row.Sequence <= live))
            {
                cancellationToken.ThrowIfCancellationRequested();
                _lastKept = row;
                if (Interest.WantsType(_hub.Catalog.OfKind(row.Kind)) && row.ToEvent(_hub.Catalog) is var e && Interest.Wants(e.Type, e.Name, e.IsPublic) && Interest.Fits(e))
                    yield return e.ToDataEvent(row.Cursor, Interest);
            }

            // Only close to the end, so that the buffer need not hold what is announced while old events are read.
            if (!wasAttached && page.Count < EventHistory.PageLength)
            {
                if (!TryAttach(out live))
                    yield break;
            }

            // What was announced between the page and the attaching comes with another page.
            _hasCaughtUp = CaughtUp.Sequence >= live || (wasAttached && page.Count == 0);
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
            // The master is disposed, though perhaps not to its end.
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
