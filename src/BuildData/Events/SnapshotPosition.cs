using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>Specifies which changes a snapshot includes. A snapshot is a committed state of the database.</summary>
/// <param name="Sequence">The sequence number up to which the snapshot includes all changes.</param>
/// <param name="Later">
/// The sequence numbers of later changes that the snapshot also includes. The set is empty if the store makes commits visible in the order
/// of their sequence numbers.
/// </param>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public sealed record SnapshotPosition(long Sequence, IReadOnlySet<long> Later)
{
    /// <summary>Creates the position of a snapshot that includes all changes up to a sequence number and none after it.</summary>
    public static SnapshotPosition At(long sequence) => new(sequence, System.Collections.Frozen.FrozenSet<long>.Empty);

    /// <summary>Returns whether the snapshot includes the change with a sequence number.</summary>
    public bool Includes(long sequence) => sequence <= Sequence || Later.Contains(sequence);
}
