namespace BuildData.Events;

/// <summary>Knows the position of the last public event, which is the last that a subscriber could have received.</summary>
/// <remarks>
/// <para>The hub reports each event that it publishes. It also moves past events that it does not see: when the store is opened,
/// while nobody subscribes, and when events were lost. Which of those are public only the table of events can tell.</para>
/// <para>So there are two states. Nothing is unseen: the cursor is exact. Or events up to a number are unseen: the cursor is
/// that of an earlier event until the table has been read, in the background, or until a public event behind that number is
/// reported. It is never beyond the last public event, so nobody waits for an event that does not come.</para>
/// </remarks>
/// <param name="read">Reads the position of the last public event up to a number.</param>
/// <param name="report">Reports that a read has failed. It is tried again.</param>
internal sealed class LastPublicEvent(Func<long, CancellationToken, ValueTask<EventCursor>> read, Action<Exception> report) : IAsyncDisposable
{
    // A busy master that nobody follows skips events some hundred times a second, and hardly anybody asks for the last one.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private EventCursor _cursor;
    private long? _unseen;
    private bool _isDisposed;
    private Task? _reading;

    /// <summary>The position of the last public event, as far as is known.</summary>
    public EventCursor Cursor
    {
        get
        {
            lock (_lock)
                return _cursor;
        }
    }

    /// <summary>A public event was published, or committed by this process.</summary>
    public void Add(EventCursor cursor)
    {
        lock (_lock)
        {
            if (cursor.Sequence > _cursor.Sequence)
                _cursor = cursor;
            if (cursor.Sequence >= _unseen)
                _unseen = null;
        }
    }

    /// <summary>The hub has moved to an event without a look at those before it.</summary>
    public void Skip(EventCursor last)
    {
        lock (_lock)
        {
            // The database has gone back: events behind this one are not there any more.
            if (_cursor.Sequence > last.Sequence)
                _cursor = last;

            _unseen = last.Sequence;
        }
    }

    /// <summary>Reads in the background what is unseen.</summary>
    public void ReadLater()
    {
        lock (_lock)
        {
            if (!_isDisposed)
                _reading ??= Task.Run(ReadAll);
        }
    }

    /// <summary>Reads what is unseen.</summary>
    public async ValueTask Read(CancellationToken cancellationToken)
    {
        long upTo;
        lock (_lock)
        {
            if (_unseen is not { } unseen)
                return;
            upTo = unseen;
        }

        EventCursor last = await read(upTo, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            // Otherwise a later event is known by now, or there is more to read.
            if (_unseen == upTo)
                (_cursor, _unseen) = (last, null);
        }
    }

    /// <summary>Ends the reading, before the store is closed.</summary>
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
            TimeSpan pause = Pause;
            try
            {
                await Read(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it is, the next read may succeed.
            catch (Exception error)
#pragma warning restore CA1031
            {
                report(error);
                pause = PauseAfterFailure;
            }

            await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (!IsDone());
    }

    private bool IsDone()
    {
        lock (_lock)
        {
            if (_unseen is not null && !_isDisposed)
                return false;
            _reading = null;
            return true;
        }
    }
}
