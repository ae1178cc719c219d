namespace BuildData;

/// <summary>What a change means for the answer of a watched path.</summary>
public enum WatchChangeKind
{
    /// <summary>The resource belongs to the answer now: it is new, or has begun to match the path's filters.</summary>
    Added,

    /// <summary>The resource belonged to the answer and does still.</summary>
    Updated,

    /// <summary>The resource does not belong to the answer any more: it has ceased to match the path's filters.</summary>
    Removed,
}
