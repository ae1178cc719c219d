using System.ComponentModel.DataAnnotations.Schema;
using System.Text.Json;

namespace BuildData.Benchmarks;

[Table("steps")]
internal sealed class EfStep
{
    [Column("id")]
    public long Id { get; set; }

    [Column("build_id")]
    public long BuildId { get; set; }

    [Column("builder_id")]
    public long BuilderId { get; set; } = 1;

    [Column("number")]
    public long Number { get; set; }

    [Column("name")]
    public string Name { get; set; } = "";

    [Column("started_at")]
    public long? StartedAt { get; set; }

    [Column("locks_acquired_at")]
    public long? LocksAcquiredAt { get; set; }

    [Column("complete")]
    public long Complete { get; set; }

    [Column("complete_at")]
    public long? CompleteAt { get; set; }

    [Column("state_string")]
    public string StateString { get; set; } = "";

    [Column("results")]
    public long? Results { get; set; }

    [Column("urls")]
    public string? Urls { get; set; }

    [Column("hidden")]
    public long Hidden { get; set; }

    /// <summary>What a reader of steps is to get.</summary>
    public Step ToStep() => new()
    {
        StepId = Id,
        BuildId = BuildId,
        Number = Number,
        Name = Name,
        StartedAt = Time(StartedAt),
        LocksAcquiredAt = Time(LocksAcquiredAt),
        Complete = Complete != 0,
        CompleteAt = Time(CompleteAt),
        StateString = StateString,
        Results = (BuildResult?)Results,
        Urls = Urls is null ? [] : JsonSerializer.Deserialize(Urls, BuildDataJsonContext.Default.IReadOnlyListStepUrl)!,
        Hidden = Hidden != 0,
    };

    private static DateTimeOffset? Time(long? microseconds) =>
        microseconds is { } value ? DateTimeOffset.UnixEpoch.AddTicks(value * TimeSpan.TicksPerMicrosecond) : null;
}

[Table("builds")]
internal sealed class EfBuild
{
    [Column("id")]
    public long Id { get; set; }

    [Column("number")]
    public long Number { get; set; }

    [Column("builder_id")]
    public long BuilderId { get; set; }

    [Column("buildrequest_id")]
    public long BuildRequestId { get; set; }

    [Column("worker_id")]
    public long? WorkerId { get; set; }

    [Column("master_id")]
    public long MasterId { get; set; }

    [Column("started_at")]
    public long StartedAt { get; set; }

    [Column("complete")]
    public long Complete { get; set; }

    [Column("complete_at")]
    public long? CompleteAt { get; set; }

    [Column("locks_duration_s")]
    public long LocksDurationS { get; set; }

    [Column("state_string")]
    public string StateString { get; set; } = "";

    [Column("results")]
    public long? Results { get; set; }
}

[Table("builders")]
internal sealed class EfBuilder
{
    [Column("id")]
    public long Id { get; set; }

    [Column("name")]
    public string Name { get; set; } = "";
}
