using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using BuildData.Definitions;
using BuildData.Diagnostics;
using BuildData.Events;

namespace BuildData;

/// <summary>
/// Represents a subscription: a stream of events in commit order.
/// </summary>
/// <remarks>
/// <para>
/// Read the events with <c>await foreach</c>, or pass them to a callback with <see cref="Handle"/>. A subscription can be used once, in one
/// of these two ways. Leaving the loop or calling <see cref="DisposeAsync"/> ends the subscription. If the master is disposed, the stream
/// ends after the events that were published before the disposal.
/// </para>
/// <para>
/// A resumed subscription continues after an earlier event. The subscription first reads kept events, page by page. Kept events are stored
/// in the database (<see cref="BuildDataOptions.KeepEvents"/>). If the subscription or the master is disposed during this time, the stream
/// ends after the page that was read last.
/// </para>
/// <para>Disposing is thread-safe. One thread at a time may read.</para>
/// </remarks>
public sealed class Subscription : IAsyncEnumerable<DataEvent>, IAsyncDisposable
{
    // How the subscription is read.
    private const int NotUsed = 0;
    private const int HasReader = 1;
    private const int ReadsAvailable = 2;

    private const string AlreadyUsed = "The subscription has already been read or passed to a callback. Subscribe again for another reader.";

    // The subscription is the reading side. EventDispatcher writes new events to Buffer. SubscriptionBuffer explains how the reader
    // receives these events. A resumed subscription first reads kept events with _catchUp, which also attaches the buffer to the dispatcher.
    // If the subscription is not resumed, _catchUp is null, and the buffer is attached from the beginning.
    private readonly EventDispatcher _dispatcher;
    private readonly Telemetry _telemetry;
    private readonly CatchUpReader? _catchUp;
    private int _use = NotUsed;

    internal Subscription(EventDispatcher dispatcher, SubscriptionBuffer buffer, Telemetry telemetry, CatchUpReader? catchUp)
    {
        _dispatcher = dispatcher;
        _telemetry = telemetry;
        _catchUp = catchUp;
        Buffer = buffer;
    }

    /// <summary>Gets the buffer that holds new events until the reader receives them.</summary>
    internal SubscriptionBuffer Buffer { get; }

    /// <summary>
    /// Reads the events. If an exception ends the subscription, the enumerator throws this exception after the last event.
    /// </summary>
    /// <param name="cancellationToken">Cancels the read. The enumerator then throws <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidOperationException">The subscription has already been read or passed to a callback.</exception>
    /// <exception cref="SubscriberLaggedException">
    /// The reader was too slow, and the buffer of the subscription was full. See <see cref="BuildDataOptions.SubscriberBuffer"/>.
    /// </exception>
    /// <exception cref="CursorExpiredException">
    /// The subscription resumes after a cursor, and some events after that cursor are no longer kept.
    /// </exception>
    /// <exception cref="EventsLostException">The database has lost events, or was replaced by an older copy.</exception>
    public IAsyncEnumerator<DataEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.CompareExchange(ref _use, HasReader, NotUsed) != NotUsed)
            throw new InvalidOperationException(AlreadyUsed);
        return Read(cancellationToken).GetAsyncEnumerator(cancellationToken);
    }

    /// <summary>
    /// Calls a callback for each event, one after the other and in commit order.
    /// </summary>
    /// <remarks>
    /// The callback runs on the thread pool. If the callback throws an exception, the exception is logged. The callback is then called for
    /// the next event. Other subscriptions are not affected.
    /// </remarks>
    /// <param name="callback">The callback. Its token is cancelled when the returned object is disposed.</param>
    /// <returns>The running callback. Disposing it ends the subscription.</returns>
    /// <exception cref="InvalidOperationException">The subscription has already been read or passed to a callback.</exception>
    public EventCallback Handle(Func<DataEvent, CancellationToken, Task> callback) => Handle(callback, static e => e);

    /// <summary>Returns the events that are in the buffer, without waiting. Returns an empty list if the buffer is empty.</summary>
    /// <remarks>
    /// An update completes after its events are in the buffers of all subscriptions. So this method returns the events of all updates that
    /// your code has awaited before the call. This is useful in tests. You can call the method repeatedly, but you can't combine it with
    /// <c>await foreach</c> or <see cref="Handle"/>.
    /// </remarks>
    /// <exception cref="InvalidOperationException">
    /// The subscription has already been read in another way, or it resumes after a cursor and must therefore read kept events.
    /// </exception>
    /// <exception cref="SubscriberLaggedException">The buffer had become full. All earlier events have already been returned.</exception>
    /// <exception cref="EventsLostException">The database has lost events. All earlier events have already been returned.</exception>
    public IReadOnlyList<DataEvent> ReadAvailable()
    {
        if (_catchUp is not null)
            throw new InvalidOperationException("A subscription that resumes after a cursor reads kept events, which takes time. Read it with await foreach.");
        if (Interlocked.CompareExchange(ref _use, ReadsAvailable, NotUsed) == HasReader)
            throw new InvalidOperationException(AlreadyUsed);

        List<DataEvent> events = [];
        while (Buffer.Reader.TryRead(out DataEvent? e))
            events.Add(e);
        if (events.Count == 0 && Buffer.Reader.Completion is { IsFaulted: true } ended)
            ExceptionDispatchInfo.Throw(ended.Exception.InnerException!);
        return events;
    }

    /// <summary>Returns which patterns of the subscription match an event. Thread-safe.</summary>
    /// <param name="e">An event that the subscription has received.</param>
    /// <returns>The patterns as they were passed to <c>Subscribe</c>, in their order.</returns>
    public IReadOnlyList<string> FindMatchingPatterns(DataEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        EventPath[] paths = e.Type.EventPaths(e.Resource, e.Id);
        return [.. Buffer.Filter.Patterns.Where(pattern => Array.Exists(paths, path => pattern.Matches(path))).Select(pattern => pattern.Text)];
    }

    /// <summary>Ends the subscription. A reader still receives the events that are already in the buffer.</summary>
    /// <remarks>If a resumed subscription still reads kept events, the stream ends after the page of events that was read last.</remarks>
    public ValueTask DisposeAsync()
    {
        _dispatcher.Detach(Buffer);
        Buffer.End();
        return ValueTask.CompletedTask;
    }

    /// <summary>Calls a callback for each event.</summary>
    /// <param name="callback">The callback.</param>
    /// <param name="convert">Converts an event to the type that the callback accepts.</param>
    internal EventCallback Handle<TEvent>(Func<TEvent, CancellationToken, Task> callback, Func<DataEvent, TEvent> convert)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return EventCallback.Start(this, callback, convert, _telemetry);
    }

    private async IAsyncEnumerable<DataEvent> Read([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            long readFromStore = 0;
            if (_catchUp is not null)
            {
                await foreach (DataEvent e in _catchUp.ReadAndAttach(Buffer, cancellationToken).ConfigureAwait(false))
                    yield return e;
                if (!_catchUp.HasCaughtUp)
                    yield break;
                readFromStore = _catchUp.LastRead.Sequence;
            }

            while (await Buffer.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (Buffer.Reader.TryRead(out DataEvent? e))
                {
                    // An event is committed before it is published. So the subscription may already have read the event from the table of events.
                    if (e.Sequence <= readFromStore)
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
}
