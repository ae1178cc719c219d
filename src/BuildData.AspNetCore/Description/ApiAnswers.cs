using System.Text.Json.Serialization;

namespace BuildData.AspNetCore.Description;

/// <summary>Finds the type that describes an answer in OpenAPI. The answers themselves are written without these types.</summary>
internal static class ApiAnswers
{
    public static Type TypeOf(ResourceDescription resource) => resource.PluralName switch
    {
        "builders" => typeof(BuildersAnswer),
        "buildrequests" => typeof(BuildRequestsAnswer),
        "builds" => typeof(BuildsAnswer),
        "buildsets" => typeof(BuildsetsAnswer),
        "build_statistics" => typeof(BuildStatisticsAnswer),
        "logs" => typeof(LogsAnswer),
        "log_sizes" => typeof(LogSizesAnswer),
        "logchunks" => typeof(LogContentsAnswer),
        "masters" => typeof(MastersAnswer),
        "properties" => typeof(PropertiesAnswer),
        "sourcestamps" => typeof(SourceStampsAnswer),
        "steps" => typeof(StepsAnswer),
        "step_statistics" => typeof(StepStatisticsAnswer),
        "workers" => typeof(WorkersAnswer),
        _ => typeof(string),
    };
}

internal sealed record Meta([property: JsonPropertyName("total")] long Total, [property: JsonPropertyName("next")] string? Next);

internal sealed record ErrorAnswer([property: JsonPropertyName("error")] string Error);

internal sealed record BuildersAnswer([property: JsonPropertyName("builders")] Builder[] Items, [property: JsonPropertyName("meta")] Meta Meta);

internal sealed record BuildRequestsAnswer([property: JsonPropertyName("buildrequests")] BuildRequest[] Items, [property: JsonPropertyName("meta")] Meta Meta);

internal sealed record BuildsAnswer([property: JsonPropertyName("builds")] Build[] Items, [property: JsonPropertyName("meta")] Meta Meta);

internal sealed record BuildsetsAnswer([property: JsonPropertyName("buildsets")] Buildset[] Items, [property: JsonPropertyName("meta")] Meta Meta);

internal sealed record BuildStatisticsAnswer([property: JsonPropertyName("build_statistics")] BuildStatistics[] Items, [property: JsonPropertyName("meta")] Meta Meta);

internal sealed record LogsAnswer([property: JsonPropertyName("logs")] StepLog[] Items, [property: JsonPropertyName("meta")] Meta Meta);

internal sealed record LogSizesAnswer([property: JsonPropertyName("log_sizes")] LogSizes[] Items, [property: JsonPropertyName("meta")] Meta Meta);

internal sealed record LogContentsAnswer([property: JsonPropertyName("logchunks")] LogContents[] Items, [property: JsonPropertyName("meta")] Meta Meta);

internal sealed record MastersAnswer([property: JsonPropertyName("masters")] MasterInfo[] Items, [property: JsonPropertyName("meta")] Meta Meta);

internal sealed record PropertiesAnswer([property: JsonPropertyName("properties")] PropertyMap[] Items, [property: JsonPropertyName("meta")] Meta Meta);

internal sealed record SourceStampsAnswer([property: JsonPropertyName("sourcestamps")] SourceStamp[] Items, [property: JsonPropertyName("meta")] Meta Meta);

internal sealed record StepsAnswer([property: JsonPropertyName("steps")] Step[] Items, [property: JsonPropertyName("meta")] Meta Meta);

internal sealed record StepStatisticsAnswer([property: JsonPropertyName("step_statistics")] StepStatistics[] Items, [property: JsonPropertyName("meta")] Meta Meta);

internal sealed record WorkersAnswer([property: JsonPropertyName("workers")] Worker[] Items, [property: JsonPropertyName("meta")] Meta Meta);
