using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;
using BuildData.Resources.Builds;

namespace BuildData.Resources.Statistics;

/// <summary>Defines the statistics of steps, which <see cref="StepStatisticsSql"/> computes.</summary>
internal sealed class StepStatisticsDefinition : ComputedDefinition<StepStatistics>, IEndpointSource
{
    public static StepStatisticsDefinition Instance { get; } = new();

    public override string Kind => "step statistic";

    public override string PluralName => "step_statistics";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.StepStatistics;

    public override ResourceDefinition Source => BuildDefinition.Instance;

    public override string Alias => "statistic";

    public override IReadOnlyList<Field<StepStatistics>> Fields { get; } =
    [
        new("name", FieldType.Text, "statistic.name", static statistic => statistic.Name),
        new("steps", FieldType.Integer, "statistic.steps", static statistic => statistic.Steps),
        new("failures", FieldType.Integer, "statistic.failures", static statistic => statistic.Failures),
        Seconds("median_duration_s", "statistic.median_duration", static statistic => statistic.MedianDuration, nameof(StepStatistics.MedianDuration)),
        Seconds("p95_duration_s", "statistic.p95_duration", static statistic => statistic.P95Duration, nameof(StepStatistics.P95Duration)),
        new("newest_stepid", FieldType.Integer, "statistic.newest_id", static statistic => statistic.NewestStepId),
        Seconds("newest_duration_s", "statistic.newest_duration", static statistic => statistic.NewestDuration, nameof(StepStatistics.NewestDuration)),
        new DecimalField<StepStatistics>(
            "slowdown", "statistic.slowdown", StepStatisticsSql.SlowdownUnits, static statistic => SlowdownInUnits(statistic), nameof(StepStatistics.Slowdown), isNullable: true),
    ];

    public override IReadOnlyList<Field<StepStatistics>> Keys => field ??= [Fields[0]];

    public IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        Endpoint.All<StepStatistics>(
            "/builders/{builderid_or_buildername:number_or_name}/step_statistics",
            static (in path) => new StepStatisticsOfBuilder(BuilderRef.From(path, 0))),
    ];

    protected override SelectList<StepStatistics> CreateSelectList() => SelectLists.FromFields(Fields);

    private static long? SlowdownInUnits(StepStatistics statistic) =>
        statistic.Slowdown is { } slowdown ? (long)Math.Round(slowdown * StepStatisticsSql.SlowdownUnits) : null;
}
