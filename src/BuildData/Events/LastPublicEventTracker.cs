namespace BuildData.Events;

/// <summary>
/// Tracks the cursor of the last public event. A public event is one that all subscriptions can receive; only watches receive the
/// others. Thread-safe.
/// </summary>
/// <remarks>
/// <para><see cref="EventDispatcher"/> reports each public event that it publishes. It skips events without examining them in two cases:
/// when the store is opened, and when the store has lost events. Then only the table of events shows which of the skipped events are
/// public.</para>
/// <para>The tracker has two states:</para>
/// <list type="bullet">
/// <item>Exact: the cursor is that of the last public event.</item>
/// <item>Behind: events were skipped and are not examined yet. The cursor is never after the last skipped event.</item>
/// </list>
/// <para>The tracker becomes exact when the table has been read, or when a public event at or after the last skipped event is
/// reported.</para>
/// <para>At most one background task reads the table. It starts on request and repeats the read until the tracker is exact.
/// <see cref="DisposeAsync"/> ends the task and waits for it. Therefore the task never reads from a closed store.</para>
/// <para>One lock guards all fields. It is never held during a read of the table. <see cref="EventDispatcher"/> holds its own lock when
/// it calls <see cref="ReportPublicEvent"/>, <see cref="ReportUnexamined"/> and <see cref="StartSearchingTable"/>. Therefore these methods must
/// not call the dispatcher.</para>
/// </remarks>
/// <param name="findLastInTable">Reads the cursor of the last public event up to a sequence number from the table of events.</param>
/// <param name="reportError">Reports the error of a read that has failed. The read is then repeated.</param>
internal sealed class LastPublicEventTracker(
    Func<long, CancellationToken, ValueTask<EventCursor>> findLastInTable, Action<Exception> reportError) : IAsyncDisposable
{
    // The exact cursor is rarely needed, so reading more often is not worth its cost.
    private static readonly TimeSpan PauseBetweenSearches = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private EventCursor _cursor;
    private long? _unexaminedUpTo;
    private bool _isDisposed;
    private Task? _searchTask;

    /// <summary>Gets the cursor of the last public event, or an earlier one while skipped events are not examined yet.</summary>
    public EventCursor Cursor
    {
        get
        {
            lock (_lock)
                return _cursor;
        }
    }

    /// <summary>Reports the cursor of a public event that was published.</summary>
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

    /// <summary>Reports that the dispatcher has skipped the events up to and including an event.</summary>
    public void ReportUnexamined(EventCursor last)
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
    /// Starts the background task that calls <see cref="SearchTable"/> until the tracker is exact. Does nothing if the task is running or
    /// the tracker is disposed.
    /// </summary>
    public void StartSearchingTable()
    {
        lock (_lock)
        {
            if (!_isDisposed)
                _searchTask ??= Task.Run(SearchUntilExact);
        }
    }

    /// <summary>
    /// Finds the last public event among the skipped events, in the table of events. Does nothing if no skipped events are left to
    /// examine.
    /// </summary>
    public async ValueTask SearchTable(CancellationToken cancellationToken)
    {
        long upTo;
        lock (_lock)
        {
            if (_unexaminedUpTo is not { } unexamined)
                return;
            upTo = unexamined;
        }

        EventCursor last = await findLastInTable(upTo, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            // If _unexaminedUpTo has changed during the read, a later public event was reported or more events were skipped.
            if (_unexaminedUpTo == upTo)
                (_cursor, _unexaminedUpTo) = (last, null);
        }
    }

    /// <summary>Ends the background task and waits until it has ended. Must be called before the store is closed.</summary>
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
                await SearchTable(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Any error can be temporary. It is reported, and the read is repeated.
            catch (Exception error)
#pragma warning restore CA1031
            {
                reportError(error);
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
