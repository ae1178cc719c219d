using BuildData.Torture.PowerCut.Disk;
using BuildData.Torture.PowerCut.Recording;

namespace BuildData.Torture.PowerCut;

/// <summary>How thorough the check is, and what it lies about to show that it notices lies.</summary>
internal sealed record PowerCutSettings
{
    /// <summary>Gets how many updates a recorded process acknowledges.</summary>
    public int Updates { get; init; } = 2000;

    /// <summary>Gets how many sync points are checked, spread over the whole trace; null for all.</summary>
    public int? SyncPoints { get; init; }

    /// <summary>Gets how many states of a sync point are checked; null for all.</summary>
    public int? StatesPerSyncPoint { get; init; }

    /// <summary>Gets the rules of the disk.</summary>
    public DiskRules Rules { get; init; } = DiskRules.Strict;

    /// <summary>Gets whether the disk forgets a sync, which makes it lie.</summary>
    public Func<TraceRecord, bool> IsForgotten { get; init; } = _ => false;

    /// <summary>Gets whether the check expects full durability of a process that runs with less.</summary>
    public bool ExpectsTooMuch { get; init; }
}
