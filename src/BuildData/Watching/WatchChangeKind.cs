namespace BuildData;

/// <summary>Specifies how a change affects the result of a watched path.</summary>
public enum WatchChangeKind
{
    /// <summary>The resource was added to the result, because the resource is new or now matches the path's filters.</summary>
    Added,

    /// <summary>The resource was already in the result and has changed.</summary>
    Updated,

    /// <summary>The resource was removed from the result, because the resource no longer matches the path's filters.</summary>
    Removed,
}
