using System.Threading.Channels;
using BuildData.Diagnostics;

namespace BuildData.Events;

/// <summary>
/// Holds the events that the reader of a subscription has not received yet, up to a fixed number. <see cref="EventDispatcher"/> writes
/// them, and <see cref="Subscription"/> reads them.
/// </summary>
/// <remarks>
/// <para>A buffer has three states:</para>
/// <list type="number">
/// <item>Detached: the dispatcher does not know the buffer, so it stays empty. A resumed subscription begins in this state.</item>
/// <item>Attached: the dispatcher offers events. Each event that the buffer needs is written to it, and wakes a waiting reader.</item>
/// <item>Ended: nothing more is written. The reader receives the events in the buffer, and then the end of the stream or an error. A
/// buffer ends when the subscription or the master is disposed, when it is full and another event is offered, and when events were
/// lost.</item>
/// </list>
/// <para>
/// The dispatcher calls the members that write under its lock, so there is one writer. The reader never takes that lock: the channel
/// hands the events over. <see cref="End"/> can be called at any time on any thread.
/// </para>
/// </remarks>
/// <param name="filter">Specifies which events the subscription receives.</param>
/// <param name="options">The capacity and other options of the channel.</param>
/// <param name="telemetry">Receives a message if the reader is too slow.</param>
/// <param name="kept">Reads the kept events of a resumed subscription; null if the subscription is not resumed.</param>
internal sealed class SubscriptionBuffer(SubscriptionFilter filter, BoundedChannelOptions options, Telemetry telemetry, KeptEventReader? kept)
{
    private readonly Channel<DataEvent> _channel = Channel.CreateBounded<DataEvent>(options);
    private readonly int _capacity = options.Capacity;
    private EventCursor _lastOffered;
    private long _firstBatch;
    private IReadOnlyList<(long First, long Last)>? _excluded;

    /// <summary>Gets the filter of the subscription.</summary>
    public SubscriptionFilter Filter => filter;

    /// <summary>Gets the reading side of the buffer.</summary>
    public ChannelReader<DataEvent> Reader => _channel.Reader;

    /// <summary>Gets the number of events in the buffer.</summary>
    public int Count => _channel.Reader.Count;

    // The reader may have read later events from the store than the dispatcher has offered.
    private EventCursor LastDelivered => kept?.Position is { } position && position.Sequence > _lastOffered.Sequence ? position : _lastOffered;

    /// <summary>Sets the event after which the dispatcher offers events to the subscription.</summary>
    /// <param name="last">The cursor of the last event that was published before.</param>
    /// <param name="excluded">
    /// The ranges of later events that the subscription must not receive, because they were committed before it began; null if there
    /// are none.
    /// </param>
    /// <param name="firstBatch">The number of the first batch of updates whose events the subscription receives.</param>
    public void Begin(EventCursor last, IReadOnlyList<(long First, long Last)>? excluded, long firstBatch) =>
        (_lastOffered, _excluded, _firstBatch) = (last, excluded, firstBatch);

    /// <summary>Returns whether the subscription must be offered an event: it has not been offered it, and does not exclude it.</summary>
    /// <param name="sequence">The sequence number of the event.</param>
    /// <param name="batch">The number of the running batch of updates.</param>
    public bool Needs(long sequence, long batch) =>
        _lastOffered.Sequence < sequence && _firstBatch <= batch && (_excluded is null || !Excludes(sequence));

    /// <summary>Writes an event to the buffer. If the buffer is full, ends the subscription.</summary>
    /// <returns>Whether the subscription continues.</returns>
    public bool Offer(DataEvent e)
    {
        if (!_channel.Writer.TryWrite(e))
        {
            EventCursor last = LastDelivered;
            if (_channel.Writer.TryComplete(new SubscriberLaggedException(last, _capacity)))
                telemetry.SubscriberLagged(filter.Patterns[0].Text, last.Sequence);
            return false;
        }

        _lastOffered = e.Cursor;
        return true;
    }

    /// <summary>Ends the stream after the events in the buffer.</summary>
    public void End() => _channel.Writer.TryComplete();

    /// <summary>Ends the stream with <see cref="EventsLostException"/> after the events in the buffer.</summary>
    public void EndAsLost() => _channel.Writer.TryComplete(new EventsLostException(LastDelivered));

    // A method of its own, because Needs would allocate the closure for every event.
    private bool Excludes(long sequence) => _excluded!.Any(range => range.First <= sequence && sequence <= range.Last);
}
