using BuildData.Stores;
using BuildData.Watching;

namespace BuildData;

/// <summary>
/// Represents a watch of several paths. It begins with the results that the paths had at one moment. Then it returns each later change of these
/// results once, in commit order across all paths.
/// </summary>
/// <remarks>
/// Read the changes once, with <c>await foreach</c>. Leaving the loop or calling <see cref="DisposeAsync"/> ends the watch. Disposing is thread-safe.
/// Only one thread at a time may read. If the master is disposed, the loop ends.
/// </remarks>
public sealed class CombinedWatch : IAsyncEnumerable<CombinedWatchChange>, IAsyncDisposable
{
    private readonly Subscription _subscription;
    private readonly IReadOnlyList<WatchedPath> _paths;
    private readonly SnapshotPosition _position;

    internal CombinedWatch(Subscription subscription, IReadOnlyList<WatchedPath> paths, IReadOnlyList<DataResult> initialResults, SnapshotPosition position)
    {
        _subscription = subscription;
        _paths = paths;
        _position = position;
        InitialResults = initialResults;
    }

    /// <summary>Gets the results that the paths had when the watch began, in the order of the paths. All come from one snapshot.</summary>
    public IReadOnlyList<DataResult> InitialResults { get; }

    /// <summary>
    /// Gets the sequence number up to which <see cref="InitialResults"/> includes all changes. If several masters write,
    /// <see cref="InitialResults"/> can also include some later changes.
    /// </summary>
    public long Sequence => _position.Sequence;

    /// <summary>Reads the changes. If an exception ends the watch, the enumerator throws this exception after the last change.</summary>
    /// <param name="cancellationToken">Cancels the read. The enumerator then throws <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidOperationException">The watch has already been read.</exception>
    /// <exception cref="SubscriberLaggedException">The reader was too slow, and the buffer of the watch was full. Start a new watch.</exception>
    /// <exception cref="EventsLostException">The store has lost events, or was replaced by an older copy. Start a new watch.</exception>
    public IAsyncEnumerator<CombinedWatchChange> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        Read(_subscription.GetAsyncEnumerator(cancellationToken), cancellationToken);

    /// <summary>Ends the watch. The reader still receives the changes that are already in the buffer.</summary>
    public ValueTask DisposeAsync() => _subscription.DisposeAsync();

    private async IAsyncEnumerator<CombinedWatchChange> Read(IAsyncEnumerator<DataEvent> events, CancellationToken cancellationToken)
    {
        await using (events.ConfigureAwait(false))
        {
            while (await events.MoveNextAsync().ConfigureAwait(false))
            {
                // The subscription began before the snapshot was read, so the initial results already include some of its events.
                if (_position.Includes(events.Current.Sequence))
                    continue;

                if (await Apply(events.Current, cancellationToken).ConfigureAwait(false) is not { } changes)
                    yield break;
                foreach (CombinedWatchChange change in changes)
                    yield return change;
            }
        }
    }

    /// <summary>Applies an event to all paths.</summary>
    /// <returns>The changes. Null if a path must read the store, but can't because the master is disposed.</returns>
    private async ValueTask<List<CombinedWatchChange>?> Apply(DataEvent e, CancellationToken cancellationToken)
    {
        var changes = new List<CombinedWatchChange>();
        try
        {
            for (int path = 0; path < _paths.Count; path++)
                changes.AddRange(await _paths[path].Apply(e, path, cancellationToken).ConfigureAwait(false));
        }
        catch (ObjectDisposedException)
        {
            return null;
        }

        if (changes.Count > 0)
            changes[^1].IsLastOfEvent = true;
        return changes;
    }
}
