using BuildData.Events;
using BuildData.Stores;

namespace BuildData.Watching;

/// <summary>Represents one of the paths of a <see cref="CombinedWatch"/>: its current result, and the events that can change it. Not thread-safe.</summary>
/// <param name="query">The query of the path.</param>
/// <param name="filter">Specifies the events that can change the result.</param>
internal abstract class WatchedPath(Query query, SubscriptionFilter filter)
{
    public Query Query => query;

    public SubscriptionFilter Filter => filter;

    /// <summary>Reads the initial result. Does not keep it, because a read can be repeated.</summary>
    public abstract ValueTask<DataResult> ReadInitial(ReadSession session, CancellationToken cancellationToken);

    /// <summary>Sets the initial result. Called once, before <see cref="Apply"/>.</summary>
    public abstract void SetInitial(DataResult initialResult);

    /// <summary>Applies an event to the result. Ignores an event that does not pass the filter.</summary>
    /// <param name="e">The event, with the properties that any of the paths selects.</param>
    /// <param name="path">The index of this path in the watch.</param>
    /// <param name="cancellationToken">Cancels the reads of other resources.</param>
    public ValueTask<IReadOnlyList<CombinedWatchChange>> Apply(DataEvent e, int path, CancellationToken cancellationToken) =>
        filter.Accepts(e.Type, e.Name, isPublic: true) && filter.MatchesPathOf(e) ? ApplyMatching(e.WithOnly(filter.Properties), path, cancellationToken) : new([]);

    protected abstract ValueTask<IReadOnlyList<CombinedWatchChange>> ApplyMatching(DataEvent e, int path, CancellationToken cancellationToken);
}
