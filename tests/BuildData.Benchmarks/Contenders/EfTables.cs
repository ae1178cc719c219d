using System.ComponentModel.DataAnnotations.Schema;

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
}

[Table("builds")]
internal sealed class EfBuild
{
    [Column("id")]
    public long Id { get; set; }

    [Column("builder_id")]
    public long BuilderId { get; set; }

    [Column("number")]
    public long Number { get; set; }
}

[Table("builders")]
internal sealed class EfBuilder
{
    [Column("id")]
    public long Id { get; set; }

    [Column("name")]
    public string Name { get; set; } = "";
}
