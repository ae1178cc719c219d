using BuildData.Stores;
using BuildData.Watching;

namespace BuildData;

/// <summary>
/// Represents a watch of a path. A watch returns the result that the path had when the watch began, and then each later change of that
/// result. The watch returns each change once, in commit order.
/// </summary>
/// <remarks>
/// <para>Read the changes once, with <c>await foreach</c>. Leaving the loop or calling <see cref="DisposeAsync"/> ends the watch. Disposing is
/// thread-safe. Only one thread at a time may read.</para>
/// <para>If the master is disposed, the loop ends after the changes that were published before the disposal. There is one exception.
/// Sometimes the watch must read the store to decide whether a change belongs to the path. After the disposal, this is not possible. Then
/// the loop ends before that change.</para>
/// </remarks>
/// <typeparam name="T">The resource type.</typeparam>
public sealed class Watch<T> : IAsyncEnumerable<WatchChange<T>>, IAsyncDisposable
    where T : class
{
    private readonly Subscription _subscription;
    private readonly LiveResult<T> _result;

    internal Watch(Subscription subscription, LiveResult<T> result, IReadOnlyList<T> initialResult, SnapshotPosition position)
    {
        _subscription = subscription;
        _result = result;
        InitialResult = initialResult;
        Position = position;
    }

    /// <summary>
    /// Gets the result that the path had when the watch began. For a collection, the list equals the result of <c>GetAll</c> at that time.
    /// For a single resource, the list has one element, or no element if the resource did not exist.
    /// </summary>
    public IReadOnlyList<T> InitialResult { get; }

    /// <summary>
    /// Gets the sequence number up to which <see cref="InitialResult"/> includes all changes. If several masters write,
    /// <see cref="InitialResult"/> can also include some later changes.
    /// </summary>
    public long Sequence => Position.Sequence;

    /// <summary>Gets the position of the snapshot from which <see cref="InitialResult"/> was read.</summary>
    internal SnapshotPosition Position { get; }

    /// <summary>Gets the resources in the result after the event of the last change that was read, in no particular order.</summary>
    /// <remarks>
    /// An event can have several changes. The collection has all of them as soon as the first one is read. Reading the watch changes this
    /// collection. Therefore use the collection only on the thread that reads the watch.
    /// </remarks>
    public IReadOnlyCollection<T> Current => _result.Current;

    /// <summary>Reads the changes. If an exception ends the watch, the enumerator throws this exception after the last change.</summary>
    /// <param name="cancellationToken">Cancels the read. The enumerator then throws <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidOperationException">The watch has already been read.</exception>
    /// <exception cref="SubscriberLaggedException">The reader was too slow, and the buffer of the watch was full. Start a new watch.</exception>
    /// <exception cref="EventsLostException">The store has lost events, or was replaced by an older copy. Start a new watch.</exception>
    public IAsyncEnumerator<WatchChange<T>> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        Read(_subscription.GetAsyncEnumerator(cancellationToken), cancellationToken);

    /// <summary>Ends the watch. The reader still receives the changes that are already in the buffer.</summary>
    public ValueTask DisposeAsync() => _subscription.DisposeAsync();

    private async IAsyncEnumerator<WatchChange<T>> Read(IAsyncEnumerator<DataEvent> events, CancellationToken cancellationToken)
    {
        await using (events.ConfigureAwait(false))
        {
            while (await events.MoveNextAsync().ConfigureAwait(false))
            {
                // The subscription began before the snapshot was read, so the initial result already includes some of its events.
                if (Position.Includes(events.Current.Sequence))
                    continue;

                if (await Apply(events.Current, cancellationToken).ConfigureAwait(false) is not { } changes)
                    yield break;
                foreach (WatchChange<T> change in changes)
                    yield return change;
            }
        }
    }

    /// <summary>Applies an event to the result.</summary>
    /// <returns>The changes. Null if the watch must read the store, but can't because the master is disposed.</returns>
    private async ValueTask<IReadOnlyList<WatchChange<T>>?> Apply(DataEvent e, CancellationToken cancellationToken)
    {
        try
        {
            return await _result.Apply(e, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }
}
