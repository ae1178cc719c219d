using BuildData.Resources.Properties;
using BuildData.Values;

namespace BuildData.Resources.BuildRequests;

/// <summary>Represents a row of the table <c>buildrequests</c>, as Dapper maps it.</summary>
internal sealed class BuildRequestRow
{
    public long BuildRequestId { get; init; }

    public long BuildsetId { get; init; }

    public long BuilderId { get; init; }

    public long Priority { get; init; }

    public long? ClaimedAt { get; init; }

    public long? ClaimedByMasterId { get; init; }

    public long Complete { get; init; }

    public long? CompleteAt { get; init; }

    public long? Results { get; init; }

    public long SubmittedAt { get; init; }

    public long WaitedFor { get; init; }

    public long? ReplacedByBuildRequestId { get; init; }

    public static BuildRequest ToBuildRequest(BuildRequestRow row) => ToBuildRequest(row, null);

    public static BuildRequest ToBuildRequest(BuildRequestRow row, List<PropertyRow>? properties) => new()
    {
        BuildRequestId = row.BuildRequestId,
        BuildsetId = row.BuildsetId,
        BuilderId = row.BuilderId,
        Priority = row.Priority,
        Claimed = row.ClaimedByMasterId is not null,
        ClaimedAt = Timestamp.FromMicroseconds(row.ClaimedAt),
        ClaimedByMasterId = row.ClaimedByMasterId,
        Complete = row.Complete != 0,
        CompleteAt = Timestamp.FromMicroseconds(row.CompleteAt),
        Results = (BuildResult?)row.Results,
        SubmittedAt = Timestamp.FromMicroseconds(row.SubmittedAt),
        WaitedFor = row.WaitedFor != 0,
        ReplacedByBuildRequestId = row.ReplacedByBuildRequestId,
        Properties = properties is null ? null : PropertyRow.ToMap(properties),
    };
}
