using System.Threading.Channels;
using BuildData.Diagnostics;

namespace BuildData.Events;

/// <summary>
/// Holds new events until the reader of a subscription receives them. <see cref="EventDispatcher"/> writes the events, and
/// <see cref="Subscription"/> reads them. The buffer has a fixed capacity.
/// </summary>
/// <remarks>
/// <para>A buffer has three states:</para>
/// <list type="number">
/// <item>Detached: the dispatcher does not know the buffer, and the buffer is empty. The buffer of a resumed subscription begins in this
/// state, because the subscription first reads old events from the database.</item>
/// <item>Attached: the dispatcher writes each event that the subscription must receive. A write wakes the reader if the reader
/// waits.</item>
/// <item>Ended: the dispatcher writes no more events. The reader receives the events that are left in the buffer, and then the end of the
/// stream or an exception. A buffer ends when the subscription or the master is disposed, when an event does not fit into the buffer, or
/// when the database has lost events.</item>
/// </list>
/// <para>
/// The dispatcher holds its lock when it calls a member that writes. Therefore only one thread writes at a time. The reader never takes
/// this lock, because it receives the events through a channel. Any thread can call <see cref="End"/> at any time.
/// </para>
/// </remarks>
/// <param name="filter">Specifies which events the subscription receives.</param>
/// <param name="options">The capacity and other options of the channel.</param>
/// <param name="telemetry">Logs and counts the end of a subscription whose reader is too slow.</param>
/// <param name="catchUp">Reads the old events of a resumed subscription from the database; null if the subscription is not resumed.</param>
internal sealed class SubscriptionBuffer(SubscriptionFilter filter, BoundedChannelOptions options, Telemetry telemetry, CatchUpReader? catchUp)
{
    private readonly Channel<DataEvent> _channel = Channel.CreateBounded<DataEvent>(options);
    private readonly int _capacity = options.Capacity;

    // The cursor of the last event that was written, or of the event after which the subscription begins.
    private EventCursor _lastWritten;
    private long _firstBatch;
    private IReadOnlyList<(long First, long Last)>? _excludedRanges;

    /// <summary>Gets the filter of the subscription.</summary>
    public SubscriptionFilter Filter => filter;

    /// <summary>Gets the reading side of the buffer.</summary>
    public ChannelReader<DataEvent> Reader => _channel.Reader;

    /// <summary>Gets the number of events in the buffer.</summary>
    public int Count => _channel.Reader.Count;

    // A resumed subscription may have read later events from the table of events than the dispatcher has written.
    private EventCursor LastDelivered => catchUp?.LastRead is { } position && position.Sequence > _lastWritten.Sequence ? position : _lastWritten;

    /// <summary>
    /// Sets the event after which the subscription begins. The dispatcher calls this method when the dispatcher attaches the buffer.
    /// </summary>
    /// <param name="last">The cursor of the last published event. The subscription receives only later events.</param>
    /// <param name="excludedRanges">
    /// The ranges of later events that were committed before the subscription began. The subscription must not receive these events. Null
    /// if there are none.
    /// </param>
    /// <param name="firstBatch">
    /// The number of the first batch whose events the subscription receives. A batch is a group of updates in one transaction.
    /// </param>
    public void StartAfter(EventCursor last, IReadOnlyList<(long First, long Last)>? excludedRanges, long firstBatch) =>
        (_lastWritten, _excludedRanges, _firstBatch) = (last, excludedRanges, firstBatch);

    /// <summary>
    /// Returns whether the dispatcher must write an event to the buffer. This is the case if the subscription must receive the event, and
    /// the event is not in the buffer already.
    /// </summary>
    /// <param name="sequence">The sequence number of the event.</param>
    /// <param name="batch">The number of the running batch.</param>
    public bool Accepts(long sequence, long batch) =>
        _lastWritten.Sequence < sequence && _firstBatch <= batch && (_excludedRanges is null || !IsExcluded(sequence));

    /// <summary>
    /// Writes an event to the buffer. If the buffer is full, ends the subscription with <see cref="SubscriberLaggedException"/> instead.
    /// </summary>
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

    /// <summary>Ends the subscription. The reader still receives the events that are left in the buffer.</summary>
    public void End() => _channel.Writer.TryComplete();

    /// <summary>
    /// Ends the subscription with <see cref="EventsLostException"/>. The reader first receives the events that are left in the buffer, and
    /// then the exception.
    /// </summary>
    public void EndWithEventsLost() => _channel.Writer.TryComplete(new EventsLostException(LastDelivered));

    // A method of its own, because Accepts would allocate the closure for every event.
    private bool IsExcluded(long sequence) => _excludedRanges!.Any(range => range.First <= sequence && sequence <= range.Last);
}
