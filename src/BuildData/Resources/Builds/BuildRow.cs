using BuildData.Resources.Properties;
using BuildData.Values;

namespace BuildData.Resources.Builds;

/// <summary>Represents a row of the table <c>builds</c>, as Dapper maps it.</summary>
internal sealed class BuildRow
{
    public long BuildId { get; init; }

    public long Number { get; init; }

    public long BuilderId { get; init; }

    public long BuildRequestId { get; init; }

    public long? WorkerId { get; init; }

    public long MasterId { get; init; }

    public long StartedAt { get; init; }

    public long Complete { get; init; }

    public long? CompleteAt { get; init; }

    public long LocksDurationSeconds { get; init; }

    public string StateString { get; init; } = "";

    public long? Results { get; init; }

    public static Build ToBuild(BuildRow row) => ToBuild(row, []);

    public static Build ToBuild(BuildRow row, List<PropertyRow> properties) => new()
    {
        BuildId = row.BuildId,
        Number = row.Number,
        BuilderId = row.BuilderId,
        BuildRequestId = row.BuildRequestId,
        WorkerId = row.WorkerId,
        MasterId = row.MasterId,
        StartedAt = Timestamp.FromMicroseconds(row.StartedAt),
        Complete = row.Complete != 0,
        CompleteAt = Timestamp.FromMicroseconds(row.CompleteAt),
        LocksDurationSeconds = row.LocksDurationSeconds,
        StateString = row.StateString,
        Results = (BuildResult?)row.Results,
        Properties = PropertyRow.ToMap(properties),
    };
}
