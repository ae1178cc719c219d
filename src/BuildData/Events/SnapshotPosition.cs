namespace BuildData.Stores;

/// <summary>Tells which changes a snapshot includes.</summary>
/// <param name="Sequence">The sequence number up to which it includes all changes.</param>
/// <param name="Later">
/// The sequence numbers of the later changes that it includes. There are some where commits are not visible in the order of their
/// numbers.
/// </param>
public sealed record SnapshotPosition(long Sequence, IReadOnlySet<long> Later)
{
    /// <summary>The position of a snapshot that includes all changes up to a number and none after it.</summary>
    public static SnapshotPosition At(long sequence) => new(sequence, System.Collections.Frozen.FrozenSet<long>.Empty);

    /// <summary>Whether the snapshot includes a change.</summary>
    public bool Includes(long sequence) => sequence <= Sequence || Later.Contains(sequence);
}
