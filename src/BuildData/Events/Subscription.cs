using System.Runtime.CompilerServices;
using System.Threading.Channels;
using BuildData.Events;

namespace BuildData;

/// <summary>
/// The events that fit a pattern, in commit order, from the moment of subscribing on. To be read once, with
/// <c>await foreach</c>; leaving the loop, or <see cref="DisposeAsync"/>, ends it. When the master is disposed the stream ends
/// after what was announced until then.
/// </summary>
public sealed class Subscription : IAsyncEnumerable<DataEvent>, IAsyncDisposable
{
    private readonly EventHub _hub;
    private readonly Channel<DataEvent> _buffer;
    private readonly HashSet<string>? _names;
    private readonly int _capacity;
    private long _lastSequence;
    private int _reading;

    internal Subscription(EventHub hub, EventPattern pattern, IReadOnlyCollection<string> names, int capacity, long firstBatch)
    {
        _hub = hub;
        _capacity = capacity;
        _names = names.Count == 0 ? null : new HashSet<string>(names, StringComparer.Ordinal);
        _buffer = Channel.CreateBounded<DataEvent>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });
        Pattern = pattern;
        FirstBatch = firstBatch;
    }

    internal EventPattern Pattern { get; }

    /// <summary>The first batch of updates whose events it gets.</summary>
    internal long FirstBatch { get; }

    /// <summary>Reads the events. Cancelling the token ends the stream with <see cref="OperationCanceledException"/>.</summary>
    /// <exception cref="InvalidOperationException">The subscription has been read before.</exception>
    /// <exception cref="SubscriberLaggedException">The reader fell further behind than the buffer holds.</exception>
    public IAsyncEnumerator<DataEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _reading, 1) != 0)
            throw new InvalidOperationException("A subscription can be read once; subscribe again for another reader.");
        return Read(cancellationToken).GetAsyncEnumerator(cancellationToken);
    }

    /// <summary>Ends the subscription. A reader still gets what was announced until now.</summary>
    public ValueTask DisposeAsync()
    {
        _hub.Remove(this);
        _buffer.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    internal bool Wants(string eventName) => _names is null || _names.Contains(eventName);

    /// <summary>Whether an event has been offered already, on another of its paths.</summary>
    internal bool HasSeen(long sequence) => _lastSequence >= sequence;

    /// <summary>Buffers an event; false if there is no room, which ends the subscription.</summary>
    internal bool Offer(DataEvent e)
    {
        if (!_buffer.Writer.TryWrite(e))
        {
            _buffer.Writer.TryComplete(new SubscriberLaggedException(_lastSequence, _capacity));
            return false;
        }

        _lastSequence = e.Sequence;
        return true;
    }

    internal void End() => _buffer.Writer.TryComplete();

    private async IAsyncEnumerable<DataEvent> Read([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            while (await _buffer.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (_buffer.Reader.TryRead(out DataEvent? e))
                {
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
