using BuildData.Resources.SourceStamps;
using BuildData.Values;

namespace BuildData.Resources.Buildsets;

/// <summary>Represents a row of the table <c>buildsets</c>, as Dapper maps it.</summary>
internal sealed class BuildsetRow
{
    public long BuildsetId { get; init; }

    public string? Scheduler { get; init; }

    public string? ExternalIdString { get; init; }

    public string Reason { get; init; } = "";

    public long SubmittedAt { get; init; }

    public long Complete { get; init; }

    public long? CompleteAt { get; init; }

    public long? Results { get; init; }

    public long? ParentBuildId { get; init; }

    public string? ParentRelationship { get; init; }

    public long? RebuiltBuildId { get; init; }

    public static Buildset ToBuildset(BuildsetRow row, List<SourceStampRow> sourceStamps) => new()
    {
        BuildsetId = row.BuildsetId,
        Scheduler = row.Scheduler,
        ExternalIdString = row.ExternalIdString,
        Reason = row.Reason,
        SubmittedAt = Timestamp.FromMicroseconds(row.SubmittedAt),
        Complete = row.Complete != 0,
        CompleteAt = Timestamp.FromMicroseconds(row.CompleteAt),
        Results = (BuildResult?)row.Results,
        ParentBuildId = row.ParentBuildId,
        ParentRelationship = row.ParentRelationship,
        RebuiltBuildId = row.RebuiltBuildId,
        SourceStamps = sourceStamps.Count == 0 ? [] : new ValueList<SourceStamp>([.. sourceStamps.Select(SourceStampRow.ToSourceStamp)]),
    };
}
