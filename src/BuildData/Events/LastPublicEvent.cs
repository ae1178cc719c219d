namespace BuildData.Events;

/// <summary>Tracks the cursor of the last public event, which is the last event that a subscriber could have received. Thread-safe.</summary>
/// <remarks>
/// <para>The dispatcher reports each public event that it publishes. It skips events without examining them when the store is opened and
/// when events were lost. Then only the table of events shows which of the skipped events are public.</para>
/// <para>There are two states. While no skipped events are unread, the cursor is exact. Otherwise it is the cursor of an earlier event.
/// It becomes exact when the table has been read, or when a public event at or after the last skipped event is reported. The cursor is
/// never after the last public event, so nobody waits for an event that does not exist.</para>
/// <para>At most one background task reads the table. It starts on request, repeats the read until the cursor is exact, and ends when the
/// object is disposed. <see cref="DisposeAsync"/> waits for the task, so it never reads from a closed store.</para>
/// <para>One lock guards all fields. It is never held during a read of the table. <see cref="EventDispatcher"/> calls
/// <see cref="Add"/>, <see cref="Skip"/> and <see cref="StartReading"/> under its own lock, so these methods must not call it.</para>
/// </remarks>
/// <param name="read">Reads the cursor of the last public event up to a sequence number.</param>
/// <param name="report">Reports that a read has failed. The read is repeated.</param>
internal sealed class LastPublicEvent(Func<long, CancellationToken, ValueTask<EventCursor>> read, Action<Exception> report) : IAsyncDisposable
{
    // The exact cursor is rarely needed, so reading more often is not worth its cost.
    private static readonly TimeSpan PauseBetweenReads = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private EventCursor _cursor;
    private long? _skippedUpTo;
    private bool _isDisposed;
    private Task? _reading;

    /// <summary>Gets the cursor of the last known public event.</summary>
    public EventCursor Cursor
    {
        get
        {
            lock (_lock)
                return _cursor;
        }
    }

    /// <summary>Reports a public event that was published.</summary>
    public void Add(EventCursor cursor)
    {
        lock (_lock)
        {
            if (cursor.Sequence > _cursor.Sequence)
                _cursor = cursor;
            if (cursor.Sequence >= _skippedUpTo)
                _skippedUpTo = null;
        }
    }

    /// <summary>Reports that the dispatcher has skipped the events up to and including an event.</summary>
    public void Skip(EventCursor last)
    {
        lock (_lock)
        {
            // The database has lost events or was replaced by an older copy, so the later event no longer exists.
            if (_cursor.Sequence > last.Sequence)
                _cursor = last;

            _skippedUpTo = last.Sequence;
        }
    }

    /// <summary>Starts the background task that reads the skipped events, unless it is running.</summary>
    public void StartReading()
    {
        lock (_lock)
        {
            if (!_isDisposed)
                _reading ??= Task.Run(ReadAll);
        }
    }

    /// <summary>Reads the cursor of the last public event from the table. Does nothing if the cursor is exact.</summary>
    public async ValueTask ReadSkipped(CancellationToken cancellationToken)
    {
        long upTo;
        lock (_lock)
        {
            if (_skippedUpTo is not { } skipped)
                return;
            upTo = skipped;
        }

        EventCursor last = await read(upTo, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            // If the number has changed during the read, a later public event was reported or more events were skipped.
            if (_skippedUpTo == upTo)
                (_cursor, _skippedUpTo) = (last, null);
        }
    }

    /// <summary>Ends the background task and waits for it. Call this before the store is closed.</summary>
    public async ValueTask DisposeAsync()
    {
        Task? reading;
        lock (_lock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            reading = _reading;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        if (reading is not null)
            await reading.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task ReadAll()
    {
        CancellationToken stop = _stop.Token;
        do
        {
            TimeSpan delay = PauseBetweenReads;
            try
            {
                await ReadSkipped(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Any error can be temporary. It is reported, and the read is repeated.
            catch (Exception error)
#pragma warning restore CA1031
            {
                report(error);
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
            if (_skippedUpTo is not null && !_isDisposed)
                return false;
            _reading = null;
            return true;
        }
    }
}
