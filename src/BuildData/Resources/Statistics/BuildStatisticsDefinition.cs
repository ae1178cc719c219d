using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;
using BuildData.Resources.Builds;

namespace BuildData.Resources.Statistics;

/// <summary>Defines the statistics of builds, which <see cref="BuildStatisticsSql"/> computes.</summary>
internal sealed class BuildStatisticsDefinition : ComputedDefinition<BuildStatistics>, IEndpointSource
{
    public static BuildStatisticsDefinition Instance { get; } = new();

    public override string Kind => "build statistic";

    public override string PluralName => "build_statistics";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.BuildStatistics;

    public override ResourceDefinition Source => BuildDefinition.Instance;

    public override string Alias => "statistic";

    public override IReadOnlyList<Field<BuildStatistics>> Fields { get; } =
    [
        new("builderid", FieldType.Integer, "statistic.builder_id", static statistic => statistic.BuilderId),
        new("builder_name", FieldType.Text, "statistic.builder_name", static statistic => statistic.BuilderName),
        new("period_start", FieldType.Time, "statistic.period_start", static statistic => statistic.PeriodStart, isNullable: true),
        new("builds", FieldType.Integer, "statistic.builds", static statistic => statistic.Builds),
        new("success", FieldType.Integer, "statistic.success", static statistic => statistic.Success),
        new("warnings", FieldType.Integer, "statistic.warnings", static statistic => statistic.Warnings),
        new("failure", FieldType.Integer, "statistic.failure", static statistic => statistic.Failure),
        new("skipped", FieldType.Integer, "statistic.skipped", static statistic => statistic.Skipped),
        new("exception", FieldType.Integer, "statistic.exception", static statistic => statistic.Exception),
        new("retry", FieldType.Integer, "statistic.retry", static statistic => statistic.Retry),
        new("cancelled", FieldType.Integer, "statistic.cancelled", static statistic => statistic.Cancelled),
        Seconds("median_duration_s", "statistic.median_duration", static statistic => statistic.MedianDuration, nameof(BuildStatistics.MedianDuration)),
        Seconds("p95_duration_s", "statistic.p95_duration", static statistic => statistic.P95Duration, nameof(BuildStatistics.P95Duration)),
        Seconds("median_queue_time_s", "statistic.median_queue_time", static statistic => statistic.MedianQueueTime, nameof(BuildStatistics.MedianQueueTime)),
        Seconds("p95_queue_time_s", "statistic.p95_queue_time", static statistic => statistic.P95QueueTime, nameof(BuildStatistics.P95QueueTime)),
    ];

    public override IReadOnlyList<Field<BuildStatistics>> Keys => field ??= [Fields[0], Fields[2]];

    public IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        Endpoint.All<BuildStatistics>("/build_statistics", static (in _) => new AllBuildStatistics()),
        Endpoint.All<BuildStatistics>("/build_statistics/by_hour", static (in _) => new AllBuildStatistics(StatisticsPeriod.Hour)),
        Endpoint.All<BuildStatistics>("/build_statistics/by_day", static (in _) => new AllBuildStatistics(StatisticsPeriod.Day)),
        Endpoint.All<BuildStatistics>("/build_statistics/by_week", static (in _) => new AllBuildStatistics(StatisticsPeriod.Week)),
        Endpoint.All<BuildStatistics>(
            "/builders/{builderid_or_buildername:number_or_name}/build_statistics",
            static (in path) => new BuildStatisticsOfBuilder(BuilderRef.From(path, 0))),
        Endpoint.All<BuildStatistics>(
            "/builders/{builderid_or_buildername:number_or_name}/build_statistics/by_hour",
            static (in path) => new BuildStatisticsOfBuilder(BuilderRef.From(path, 0), StatisticsPeriod.Hour)),
        Endpoint.All<BuildStatistics>(
            "/builders/{builderid_or_buildername:number_or_name}/build_statistics/by_day",
            static (in path) => new BuildStatisticsOfBuilder(BuilderRef.From(path, 0), StatisticsPeriod.Day)),
        Endpoint.All<BuildStatistics>(
            "/builders/{builderid_or_buildername:number_or_name}/build_statistics/by_week",
            static (in path) => new BuildStatisticsOfBuilder(BuilderRef.From(path, 0), StatisticsPeriod.Week)),
    ];

    protected override SelectList<BuildStatistics> CreateSelectList() => SelectLists.FromFields(Fields);
}
