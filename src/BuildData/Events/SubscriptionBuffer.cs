using System.Threading.Channels;
using BuildData.Diagnostics;

namespace BuildData.Events;

/// <summary>
/// Holds the new events that the reader of a subscription has not received yet, up to a fixed number. <see cref="EventDispatcher"/> writes
/// the events, and <see cref="Subscription"/> reads them.
/// </summary>
/// <remarks>
/// <para>A buffer has three states:</para>
/// <list type="number">
/// <item>Detached: the dispatcher does not know the buffer, and the buffer stays empty. A resumed subscription begins in this
/// state.</item>
/// <item>Attached: the dispatcher offers events. Each event that the buffer needs is written to it, and wakes a waiting reader.</item>
/// <item>Ended: nothing more is written. The reader receives the events in the buffer, and then the end of the stream or an error. A
/// buffer ends when the subscription or the master is disposed, when it is full and another event is offered, and when events were
/// lost.</item>
/// </list>
/// <para>
/// The dispatcher holds its lock when it calls a member that writes. Therefore only one thread writes at a time. The reader never takes
/// this lock, because it receives the events through a channel. <see cref="End"/> can be called at any time on any thread.
/// </para>
/// </remarks>
/// <param name="filter">Specifies which events the subscription receives.</param>
/// <param name="options">The capacity and other options of the channel.</param>
/// <param name="telemetry">Logs and counts the end of a subscription whose reader is too slow.</param>
/// <param name="catchUp">
/// Reads the events of a resumed subscription that were stored before it began; null if the subscription is not resumed.
/// </param>
internal sealed class SubscriptionBuffer(SubscriptionFilter filter, BoundedChannelOptions options, Telemetry telemetry, CatchUpReader? catchUp)
{
    private readonly Channel<DataEvent> _channel = Channel.CreateBounded<DataEvent>(options);
    private readonly int _capacity = options.Capacity;
    private EventCursor _lastWritten;
    private long _firstBatch;
    private IReadOnlyList<(long First, long Last)>? _excludedRanges;

    /// <summary>Gets the filter of the subscription.</summary>
    public SubscriptionFilter Filter => filter;

    /// <summary>Gets the reading side of the buffer.</summary>
    public ChannelReader<DataEvent> Reader => _channel.Reader;

    /// <summary>Gets the number of events in the buffer.</summary>
    public int Count => _channel.Reader.Count;

    // The reader may have read later events from the store than the dispatcher has offered.
    private EventCursor LastDelivered => catchUp?.LastRead is { } position && position.Sequence > _lastWritten.Sequence ? position : _lastWritten;

    /// <summary>Sets which events the subscription receives, when the buffer is attached.</summary>
    /// <param name="last">The cursor of the last published event. The subscription receives only later events.</param>
    /// <param name="excludedRanges">
    /// The ranges of later events that the subscription must not receive, because they were committed before the subscription began; null
    /// if there are none.
    /// </param>
    /// <param name="firstBatch">The number of the first batch of updates whose events the subscription receives.</param>
    public void StartAfter(EventCursor last, IReadOnlyList<(long First, long Last)>? excludedRanges, long firstBatch) =>
        (_lastWritten, _excludedRanges, _firstBatch) = (last, excludedRanges, firstBatch);

    /// <summary>Returns whether an event must be offered: it was not offered yet, and the subscription may receive it.</summary>
    /// <param name="sequence">The sequence number of the event.</param>
    /// <param name="batch">The number of the running batch of updates.</param>
    public bool MustReceive(long sequence, long batch) =>
        _lastWritten.Sequence < sequence && _firstBatch <= batch && (_excludedRanges is null || !IsExcluded(sequence));

    /// <summary>Writes an event to the buffer. If the buffer is full, ends the subscription instead.</summary>
    /// <returns>True if the event was written; false if the subscription has ended.</returns>
    public bool TryWriteOrEnd(DataEvent e)
    {
        if (!_channel.Writer.TryWrite(e))
        {
            EventCursor last = LastDelivered;
            if (_channel.Writer.TryComplete(new SubscriberLaggedException(last, _capacity)))
                telemetry.ReportLaggedSubscriber(filter.Patterns[0].Text, last.Sequence);
            return false;
        }

        _lastWritten = e.Cursor;
        return true;
    }

    /// <summary>Ends the subscription. The reader first receives the events in the buffer.</summary>
    public void End() => _channel.Writer.TryComplete();

    /// <summary>
    /// Ends the subscription with <see cref="EventsLostException"/>. The reader first receives the events in the buffer, then the exception.
    /// </summary>
    public void EndWithEventsLost() => _channel.Writer.TryComplete(new EventsLostException(LastDelivered));

    // A method of its own, because MustReceive would allocate the closure for every event.
    private bool IsExcluded(long sequence) => _excludedRanges!.Any(range => range.First <= sequence && sequence <= range.Last);
}
