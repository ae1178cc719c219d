using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;

namespace BuildData.Benchmarks;

internal sealed class EfSourceStamp
{
    public long Id { get; set; }

    public string? KeyHash { get; set; }
}

internal sealed class EfBuildset
{
    public long Id { get; set; }

    public string? Scheduler { get; set; }

    public string Reason { get; set; } = "";

    public long SubmittedAt { get; set; }

    public long Complete { get; set; }

    public long? CompleteAt { get; set; }

    public long? Results { get; set; }

    [JsonIgnore]
    public List<EfBuildsetProperty> Properties { get; } = [];

    [JsonIgnore]
    public List<EfBuildsetSourceStamp> SourceStamps { get; } = [];

    [JsonIgnore]
    public List<EfBuildRequest> Requests { get; } = [];
}

[PrimaryKey(nameof(BuildsetId), nameof(Name))]
internal sealed class EfBuildsetProperty
{
    public long BuildsetId { get; set; }

    public string Name { get; set; } = "";

    public string Value { get; set; } = "";

    public string Source { get; set; } = "";
}

[PrimaryKey(nameof(BuildsetId), nameof(SourcestampId))]
internal sealed class EfBuildsetSourceStamp
{
    public long BuildsetId { get; set; }

    public long SourcestampId { get; set; }
}

internal sealed class EfBuildRequest
{
    public long Id { get; set; }

    public long BuildsetId { get; set; }

    public long BuilderId { get; set; }

    public long Priority { get; set; }

    public long? ClaimedAt { get; set; }

    public long? ClaimedBy { get; set; }

    public long Complete { get; set; }

    public long? CompleteAt { get; set; }

    public long? Results { get; set; }

    public long SubmittedAt { get; set; }

    public long WaitedFor { get; set; }
}

internal sealed class EfEvent
{
    public long Id { get; set; }

    public long At { get; set; }

    public string Kind { get; set; } = "";

    public string Name { get; set; } = "";

    public long ResourceId { get; set; }

    public string Resource { get; set; } = "";
}

/// <summary>Writes the resources of events.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EfBuildset))]
[JsonSerializable(typeof(EfBuildRequest))]
[JsonSerializable(typeof(EfBuild))]
[JsonSerializable(typeof(EfStep))]
internal sealed partial class EfEventJson : JsonSerializerContext;
