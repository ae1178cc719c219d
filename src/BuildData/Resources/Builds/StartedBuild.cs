using BuildData.Resources;
using BuildData.Stores;
using BuildData.Updating;

namespace BuildData;

/// <summary>Represents the build that <see cref="Updates.StartNext"/> added.</summary>
/// <param name="BuildId">The build's id.</param>
/// <param name="Number">The build's number within its builder, from 1.</param>
/// <param name="Request">The build request that this master has claimed for the build.</param>
public sealed record StartedBuild(long BuildId, long Number, BuildRequest Request) : IAddedRow
{
    RowKey IAddedRow.Row => new(ResourceTables.Builds.Name, BuildId);
}
