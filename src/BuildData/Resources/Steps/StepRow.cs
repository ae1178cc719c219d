using BuildData.Values;

namespace BuildData.Resources.Steps;

/// <summary>Represents a row of the table <c>steps</c>, as Dapper maps it.</summary>
internal sealed class StepRow
{
    public long StepId { get; init; }

    public long BuildId { get; init; }

    public long Number { get; init; }

    public string Name { get; init; } = "";

    public long? StartedAt { get; init; }

    public long? LocksAcquiredAt { get; init; }

    public long Complete { get; init; }

    public long? CompleteAt { get; init; }

    public string StateString { get; init; } = "";

    public long? Results { get; init; }

    public string? Urls { get; init; }

    public long Hidden { get; init; }

    public static Step ToStep(StepRow row) => new()
    {
        StepId = row.StepId,
        BuildId = row.BuildId,
        Number = row.Number,
        Name = row.Name,
        StartedAt = Timestamp.FromMicroseconds(row.StartedAt),
        LocksAcquiredAt = Timestamp.FromMicroseconds(row.LocksAcquiredAt),
        Complete = row.Complete != 0,
        CompleteAt = Timestamp.FromMicroseconds(row.CompleteAt),
        StateString = row.StateString,
        Results = (BuildResult?)row.Results,
        Urls = StepUrlsText.Read(row.Urls),
        Hidden = row.Hidden != 0,
    };
}
