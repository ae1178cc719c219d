using BuildData.Resources;
using BuildData.Stores;
using BuildData.Updating;

namespace BuildData;

/// <summary>Represents the build that <see cref="Updates.AddBuild"/> added.</summary>
/// <param name="BuildId">The build's id.</param>
/// <param name="Number">The build's number within its builder, from 1.</param>
public sealed record AddedBuild(long BuildId, long Number) : IAddedRow
{
    RowKey IAddedRow.Row => new(ResourceTables.Builds.Name, BuildId);
}
