using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Resources.Logs.Sizes;
using BuildData.Stores;

namespace BuildData;

/// <summary>Represents the query of the endpoint <c>/log_sizes</c>, which returns the sizes of the logs of each builder that has logs.</summary>
/// <remarks>
/// Filters on fields of <see cref="StepLog"/> select the logs. For example, <c>complete_at__lt</c> selects those that
/// <see cref="BuildDataOptions.KeepLogs"/> would remove. Without a filter, the query reads the rows of all logs, but not their lines. It can't be
/// watched.
/// </remarks>
public sealed record AllLogSizes : CollectionQuery<LogSizes>
{
    /// <inheritdoc/>
    public override string Path => "/log_sizes";

    internal override TableDefinition<LogSizes> Resource => LogSizesDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => [];

    internal override string WatchRefusal => LogSizesDefinition.WatchRefusal;

    internal override void AppendTable(SqlBuilder sql, ValidatedSpec spec, SqlDialect dialect) => LogSizesSql.Append(sql, builder: null, spec, dialect);
}

/// <summary>
/// Represents the query of the endpoint <c>/builders/{builder}/log_sizes</c>, which returns the sizes of the logs of a builder: one row, or none if it
/// has no logs.
/// </summary>
/// <param name="Builder">The builder.</param>
/// <remarks>Filters on fields of <see cref="StepLog"/> select the logs. The query can't be watched.</remarks>
public sealed record LogSizesOfBuilder(BuilderRef Builder) : CollectionQuery<LogSizes>
{
    /// <inheritdoc/>
    public override string Path => $"/builders/{Builder}/log_sizes";

    internal override TableDefinition<LogSizes> Resource => LogSizesDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => [];

    internal override string WatchRefusal => LogSizesDefinition.WatchRefusal;

    internal override void AppendTable(SqlBuilder sql, ValidatedSpec spec, SqlDialect dialect) => LogSizesSql.Append(sql, Builder, spec, dialect);
}
