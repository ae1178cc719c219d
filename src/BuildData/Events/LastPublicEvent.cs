namespace BuildData.Events;

/// <summary>Tracks the cursor of the last public event, which is the last event that a subscriber could have received. Thread-safe.</summary>
/// <remarks>
/// <para>The hub reports each public event that it publishes. It also skips events without looking at them: when the store is opened,
/// and when events were lost. Only the table of events shows which of the skipped events are public.</para>
/// <para>There are two states. If no events are skipped, the cursor is exact. If events up to a number are skipped, the cursor is that of
/// an earlier event. The cursor becomes exact again when the table has been read in the background, or when a public event at or after
/// that number is reported. The cursor is never beyond the last public event, so nobody waits for an event that does not exist.</para>
/// <para>At most one background task reads the table. It starts on request, repeats the read until nothing is skipped, and ends when
/// the object is disposed. <see cref="DisposeAsync"/> waits for it, so it never reads from a closed store.</para>
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

    /// <summary>Gets the cursor of the last public event that is known.</summary>
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

    /// <summary>Reports that the hub has skipped the events up to and including an event.</summary>
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

    /// <summary>Starts to read the skipped events in the background, unless that is already running.</summary>
    public void ReadLater()
    {
        lock (_lock)
        {
            if (!_isDisposed)
                _reading ??= Task.Run(ReadAll);
        }
    }

    /// <summary>Reads the last public event among the skipped events. Does nothing if no events are skipped.</summary>
    public async ValueTask Read(CancellationToken cancellationToken)
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
                await Read(stop).ConfigureAwait(false);
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
