using BuildData.Events;
using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Watching;

/// <summary>Represents a watched path whose result consists of resources of one C# type. Not thread-safe.</summary>
/// <param name="query">The query of the path.</param>
/// <param name="filter">Specifies the events that can change the result.</param>
/// <param name="spec">The query options of the path.</param>
/// <param name="result">Holds the result, and applies events to it.</param>
/// <param name="read">Reads the resources of the initial result, and their number; null for the number if the path returns one resource.</param>
internal sealed class WatchedPath<T>(
    Query query, SubscriptionFilter filter, ResultSpec spec, LiveResult<T> result, Func<ReadSession, CancellationToken, ValueTask<(IReadOnlyList<T>? Resources, long? Total)>> read) : WatchedPath(query, filter)
    where T : class
{
    private readonly ResourceWriter _writer = new(query.Resource, spec);

    public override async ValueTask<DataResult> ReadInitial(ReadSession session, CancellationToken cancellationToken)
    {
        (IReadOnlyList<T>? resources, long? total) = await read(session, cancellationToken).ConfigureAwait(false);
        object? value = Query.IsCollection ? resources : resources is [var one, ..] ? one : null;
        return new DataResult(Query, spec, value, total);
    }

    public override void SetInitial(DataResult initialResult) =>
        result.SetInitial(initialResult.Value is T one ? [one] : (IReadOnlyList<T>?)initialResult.Value ?? []);

    protected override async ValueTask<IReadOnlyList<CombinedWatchChange>> ApplyMatching(DataEvent e, int path, CancellationToken cancellationToken)
    {
        IReadOnlyList<WatchChange<T>> changes = await result.Apply(e, cancellationToken).ConfigureAwait(false);
        return [.. changes.Select(change => new CombinedWatchChange(path, change.Kind, change.Resource, change.EventName, change.Sequence, _writer))];
    }
}
