namespace BuildData.Events;

/// <summary>
/// Tracks the cursor of the last public event. An event is public if subscriptions can receive it; other events are only for watches. Thread-safe.
/// </summary>
/// <remarks>
/// <para><see cref="EventDispatcher"/> reports each public event that it publishes. Two kinds of events are unexamined: events that were in
/// the database when the store was opened, and events that remain after the database has lost events. Only the table of events shows which
/// of the unexamined events are public.</para>
/// <para>The tracker has two states:</para>
/// <list type="bullet">
/// <item>Exact: the cursor is that of the last public event.</item>
/// <item>Behind: there are unexamined events. The last public event may be one of them. Then the cursor is that of an earlier event.</item>
/// </list>
/// <para>The tracker becomes exact when a search of the unexamined events has found the last public event. It also becomes exact when the
/// dispatcher reports a public event at or after the last unexamined event.</para>
/// <para>One background task searches until the tracker is exact. <see cref="StartBackgroundSearch"/> starts the task.
/// <see cref="DisposeAsync"/> ends the task and waits for it, so that the task never reads from a closed store.</para>
/// <para>One lock guards all fields. No thread holds this lock while it reads the table. <see cref="EventDispatcher"/> holds its own lock
/// when it calls <see cref="ReportPublicEvent"/>, <see cref="MarkUnexaminedUpTo"/> and <see cref="StartBackgroundSearch"/>. Therefore
/// these methods must not call the dispatcher.</para>
/// </remarks>
/// <param name="findLastPublicEvent">
/// Finds the last public event up to a sequence number in the table of events, and returns its cursor.
/// </param>
/// <param name="reportSearchError">Reports an error of a search by the background task. The task then searches again.</param>
internal sealed class LastPublicEventCursorTracker(Func<long, CancellationToken, ValueTask<EventCursor>> findLastPublicEvent, Action<Exception> reportSearchError) : IAsyncDisposable
{
    // An exact cursor is rarely needed, so a shorter pause is not worth its cost.
    private static readonly TimeSpan PauseBetweenSearches = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private EventCursor _cursor;
    private long? _unexaminedUpTo;
    private bool _isDisposed;
    private Task? _searchTask;

    /// <summary>Gets the cursor of the last public event. While there are unexamined events, gets that cursor or an earlier one.</summary>
    public EventCursor Cursor
    {
        get
        {
            lock (_lock)
                return _cursor;
        }
    }

    /// <summary>Reports that the dispatcher publishes a public event.</summary>
    public void ReportPublicEvent(EventCursor cursor)
    {
        lock (_lock)
        {
            if (cursor.Sequence > _cursor.Sequence)
                _cursor = cursor;
            if (cursor.Sequence >= _unexaminedUpTo)
                _unexaminedUpTo = null;
        }
    }

    /// <summary>
    /// Reports that the dispatcher does not know which events up to a cursor are public. The event of the cursor is included.
    /// </summary>
    public void MarkUnexaminedUpTo(EventCursor last)
    {
        lock (_lock)
        {
            // The database has lost events or was replaced by an older copy. The event of the cursor no longer exists.
            if (_cursor.Sequence > last.Sequence)
                _cursor = last;

            _unexaminedUpTo = last.Sequence;
        }
    }

    /// <summary>
    /// Starts a background task that calls <see cref="SearchUnexaminedEvents"/> until there are no unexamined events. Does nothing if the task is
    /// running or the tracker is disposed.
    /// </summary>
    public void StartBackgroundSearch()
    {
        lock (_lock)
        {
            if (!_isDisposed)
                _searchTask ??= Task.Run(SearchUntilExact);
        }
    }

    /// <summary>
    /// Searches the table of events for the last public event among the unexamined events. Does nothing if there are no unexamined events.
    /// </summary>
    public async ValueTask SearchUnexaminedEvents(CancellationToken cancellationToken)
    {
        long upTo;
        lock (_lock)
        {
            if (_unexaminedUpTo is not { } unexamined)
                return;
            upTo = unexamined;
        }

        EventCursor last = await findLastPublicEvent(upTo, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            // If _unexaminedUpTo has changed during the search, its result is obsolete: the dispatcher has reported something in the meantime.
            if (_unexaminedUpTo == upTo)
                (_cursor, _unexaminedUpTo) = (last, null);
        }
    }

    /// <summary>Ends the background task, and waits until the task has ended. Must be called before the store is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        Task? reading;
        lock (_lock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            reading = _searchTask;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        if (reading is not null)
            await reading.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task SearchUntilExact()
    {
        CancellationToken stop = _stop.Token;
        do
        {
            TimeSpan delay = PauseBetweenSearches;
            try
            {
                await SearchUnexaminedEvents(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Any error can be temporary. The error is reported, and the search is repeated.
            catch (Exception error)
#pragma warning restore CA1031
            {
                reportSearchError(error);
                delay = PauseAfterFailure;
            }

            await Task.Delay(delay, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (!IsDone());
    }

    private bool IsDone()
    {
        lock (_lock)
        {
            if (_unexaminedUpTo is not null && !_isDisposed)
                return false;
            _searchTask = null;
            return true;
        }
    }
}
