using BuildData.Stores;
using BuildData.Watching;

namespace BuildData;

/// <summary>
/// The answer of a path and then every change of it: once each, in commit order, with no gap and no repeat between them. To be
/// read once, with <c>await foreach</c>; leaving the loop, or <see cref="DisposeAsync"/>, ends it. When the master is disposed
/// the stream ends after what was announced until then, or at the first change of which the store has to tell whether it
/// belongs to the path.
/// </summary>
/// <typeparam name="T">The resource type.</typeparam>
public sealed class Watch<T> : IAsyncEnumerable<WatchChange<T>>, IAsyncDisposable
    where T : class
{
    private readonly Subscription _subscription;
    private readonly LiveResult<T> _answer;

    internal Watch(Subscription subscription, LiveResult<T> answer, IReadOnlyList<T> first, SnapshotPosition position)
    {
        _subscription = subscription;
        _answer = answer;
        Answer = first;
        Position = position;
    }

    /// <summary>The answer that the watch began with, as <c>Get</c> would have given it then. Of a single resource: one or none.</summary>
    public IReadOnlyList<T> Answer { get; }

    /// <summary>
    /// Gets the sequence number up to which all events are in <see cref="Answer"/>. Where several masters write, some later ones can
    /// be in it too.
    /// </summary>
    public long Sequence => Position.Sequence;

    /// <summary>Which changes <see cref="Answer"/> includes.</summary>
    internal SnapshotPosition Position { get; }

    /// <summary>The answer after the change that was read last, in no order. For the reader alone: it changes as the watch is read.</summary>
    public IReadOnlyCollection<T> Current => _answer.Current;

    /// <summary>Reads the changes. Cancelling the token ends the stream with <see cref="OperationCanceledException"/>.</summary>
    /// <exception cref="InvalidOperationException">The watch has been read before.</exception>
    /// <exception cref="SubscriberLaggedException">The reader fell further behind than the buffer holds; watch anew.</exception>
    /// <exception cref="EventsLostException">The database has lost events; watch anew.</exception>
    public IAsyncEnumerator<WatchChange<T>> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        Read(_subscription.GetAsyncEnumerator(cancellationToken), cancellationToken);

    /// <summary>Ends the watch. A reader still gets what was announced until now.</summary>
    public ValueTask DisposeAsync() => _subscription.DisposeAsync();

    private async IAsyncEnumerator<WatchChange<T>> Read(IAsyncEnumerator<DataEvent> events, CancellationToken cancellationToken)
    {
        await using (events.ConfigureAwait(false))
        {
            while (await events.MoveNextAsync().ConfigureAwait(false))
            {
                if (Position.Includes(events.Current.Sequence))
                    continue;

                if (await Apply(events.Current, cancellationToken).ConfigureAwait(false) is not { } changes)
                    yield break;
                foreach (WatchChange<T> change in changes)
                    yield return change;
            }
        }
    }

    /// <summary>What an event changes; null if the master is disposed, so that the store does not tell any more.</summary>
    private async ValueTask<IReadOnlyList<WatchChange<T>>?> Apply(DataEvent e, CancellationToken cancellationToken)
    {
        try
        {
            return await _answer.Apply(e, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }
}
