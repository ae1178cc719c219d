using BuildData.Queries;
using BuildData.Resources.Builds;
using BuildData.Stores;

namespace BuildData.Resources.Builders;

/// <summary>Declares the resources that queries can return together with builders.</summary>
internal static class BuilderIncludes
{
    public static readonly IReadOnlyList<Include> All =
    [
        RelatedIncludes.One<Builder, Build>(
            "newest_build",
            BuildDefinition.Instance,
            static builder => builder.BuilderId,
            static build => build.BuilderId,
            AppendNewestBuilds,
            static (builder, build) => builder with { NewestBuild = build }),
    ];

    // The unique index of (builder_id, number) has the newest build of a builder as its last entry, however long the history is.
    private static void AppendNewestBuilds(SqlBuilder sql, SqlDialect dialect, string builders)
    {
        sql.Condition().Append(
            "build.id IN (SELECT (SELECT newest.id FROM builds AS newest WHERE newest.builder_id = owner.id ORDER BY newest.number DESC LIMIT 1) FROM builders AS owner WHERE owner.id");
        dialect.AppendIsOneOf(sql, builders);
        sql.Append(")");
    }
}
