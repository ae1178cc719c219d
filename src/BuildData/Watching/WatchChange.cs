namespace BuildData;

/// <summary>A change of the answer of a watched path.</summary>
/// <typeparam name="T">The resource type.</typeparam>
/// <param name="Kind">What it means for the answer.</param>
/// <param name="Resource">The resource as it was written. Of a property map, the whole map.</param>
/// <param name="EventName">What happened to it: <c>new</c>, <c>started</c>, <c>finished</c>, ….</param>
/// <param name="Sequence">The place of the change in the order of commits.</param>
public sealed record WatchChange<T>(WatchChangeKind Kind, T Resource, string EventName, long Sequence)
    where T : class;
