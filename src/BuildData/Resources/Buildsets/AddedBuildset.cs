using BuildData.Resources;
using BuildData.Stores;
using BuildData.Updating;

namespace BuildData;

/// <summary>Represents the buildset that <see cref="Updates.AddBuildset"/> has added, or has found by the unique key.</summary>
/// <param name="BuildsetId">The buildset's id.</param>
/// <param name="BuildRequestIds">The ids of the buildset's build requests. The keys are the ids of their builders.</param>
public sealed record AddedBuildset(long BuildsetId, IReadOnlyDictionary<long, long> BuildRequestIds) : IAddedRow
{
    /// <summary>
    /// Gets whether the call added the buildset. If a buildset with the same unique key already existed, the value is false and the
    /// call changed nothing.
    /// </summary>
    public bool IsNew { get; init; } = true;

    RowKey IAddedRow.Row => new(ResourceTables.Buildsets.Name, BuildsetId);
}
