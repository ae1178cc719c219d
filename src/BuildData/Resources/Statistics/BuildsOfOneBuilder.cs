using BuildData.Stores;

namespace BuildData.Resources.Statistics;

/// <summary>Selects the builds of one builder.</summary>
internal static class BuildsOfOneBuilder
{
    /// <summary>
    /// Appends the condition that a build belongs to a builder. A database that chooses indexes by statistics gets the condition as a range.
    /// For an equality, it would expect an average number of builds, and would read the builds of all builders instead if it expects many.
    /// </summary>
    public static SqlBuilder AppendCondition(SqlBuilder sql, BuilderRef builder, SqlDialect dialect) =>
        dialect.ChoosesIndexesByStatistics
            ? sql.Append($"build.builder_id BETWEEN {builder} AND {builder}")
            : sql.Append($"build.builder_id = {builder}");
}
