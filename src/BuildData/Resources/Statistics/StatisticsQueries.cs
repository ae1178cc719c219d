using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Resources.Statistics;
using BuildData.Stores;

namespace BuildData;

/// <summary>
/// Represents the query of the endpoint <c>/build_statistics</c>, which returns the statistics of the builds of each builder. With periods, the
/// query is that of <c>/build_statistics/by_hour</c>, <c>/build_statistics/by_day</c> or <c>/build_statistics/by_week</c>, which
/// return the statistics of each builder in each period.
/// </summary>
/// <param name="Period">The length of the periods; null for one row for each builder.</param>
/// <remarks>
/// Filters on fields of <see cref="Build"/> select the builds. Without a filter on <c>complete_at</c>, the query reads all complete builds. It
/// can't be watched.
/// </remarks>
public sealed record AllBuildStatistics(StatisticsPeriod? Period = null) : CollectionQuery<BuildStatistics>
{
    /// <inheritdoc/>
    public override string Path => $"/build_statistics{StatisticsPaths.Suffix(Period)}";

    internal override TableDefinition<BuildStatistics> Resource => BuildStatisticsDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => [];

    internal override string WatchRefusal => StatisticsPaths.WatchRefusal;

    internal override void AppendTable(SqlBuilder sql, ValidatedSpec spec, SqlDialect dialect) =>
        BuildStatisticsSql.Append(sql, builder: null, Period, spec, dialect);
}

/// <summary>
/// Represents the query of the endpoint <c>/builders/{builder}/build_statistics</c>, which returns the statistics of the builds of one
/// builder. With periods, the query is that of <c>/builders/{builder}/build_statistics/by_hour</c>, <c>by_day</c> or <c>by_week</c>, which
/// return the statistics of each period.
/// </summary>
/// <param name="Builder">The builder.</param>
/// <param name="Period">The length of the periods; null for one row.</param>
/// <remarks>
/// Filters on fields of <see cref="Build"/> select the builds. Without a filter on <c>complete_at</c>, the query reads all complete builds of
/// the builder. It can't be watched.
/// </remarks>
public sealed record BuildStatisticsOfBuilder(BuilderRef Builder, StatisticsPeriod? Period = null) : CollectionQuery<BuildStatistics>
{
    /// <inheritdoc/>
    public override string Path => $"/builders/{Builder}/build_statistics{StatisticsPaths.Suffix(Period)}";

    internal override TableDefinition<BuildStatistics> Resource => BuildStatisticsDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => [];

    internal override string WatchRefusal => StatisticsPaths.WatchRefusal;

    internal override void AppendTable(SqlBuilder sql, ValidatedSpec spec, SqlDialect dialect) =>
        BuildStatisticsSql.Append(sql, Builder, Period, spec, dialect);
}

/// <summary>
/// Represents the query of the endpoint <c>/builders/{builder}/step_statistics</c>, which returns the statistics of the steps of a builder, one
/// row for each name of a step.
/// </summary>
/// <param name="Builder">The builder.</param>
/// <remarks>
/// Filters on fields of <see cref="Build"/> select the builds whose steps count. Without a filter on <c>complete_at</c>, the query reads all
/// steps of the builder. It can't be watched.
/// </remarks>
public sealed record StepStatisticsOfBuilder(BuilderRef Builder) : CollectionQuery<StepStatistics>
{
    /// <inheritdoc/>
    public override string Path => $"/builders/{Builder}/step_statistics";

    internal override TableDefinition<StepStatistics> Resource => StepStatisticsDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => [];

    internal override string WatchRefusal => StatisticsPaths.WatchRefusal;

    internal override void AppendTable(SqlBuilder sql, ValidatedSpec spec, SqlDialect dialect) =>
        StepStatisticsSql.Append(sql, Builder, spec, dialect);
}
