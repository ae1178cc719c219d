using BuildData.Queries;
using BuildData.Resources.Properties;
using BuildData.Resources.SourceStamps;
using BuildData.Stores;

namespace BuildData.Resources.Builds;

/// <summary>Declares how builds are filtered by their properties and by the source stamps of their buildsets.</summary>
internal static class BuildRelations
{
    public static readonly PropertyRelation Properties = new(
        "build_properties", "build_id", "build.id", static (build, _, _) => new(((Build)build).Properties))
    {
        FindTableToJoin = FindTableToJoin,
        IsOwner = true,
    };

    public static readonly SourceStampRelation SourceStamps = new(
        "build.buildset_id", static (build, related, token) => related.Get(new BuildsetById(((Build)build).BuildsetId), token), FindBranchStart)
    {
        FindTableToJoin = FindTableToJoin,
    };

    /// <summary>Returns the table of terms, in which the builds of a source stamp are in the order of their ids.</summary>
    public static StatementStart StartOfSourceStamp(long sourceStampId) =>
        StartWithTerm(StatementStartRank.Revision, sql => sql.Append($"'sourcestamp/' || CAST({sourceStampId} AS TEXT)"));

    // The other collections contain only a few builds.
    private static string? FindTableToJoin(Query query) => query is AllBuilds or BuildsOfBuilder or BuildsOfWorker or BuildsOfMaster ? "builds AS build" : null;

    /// <summary>Returns the table of terms, in which the builds of a branch are in the order of their ids. See <see cref="BuildTerms"/>.</summary>
    private static StatementStart? FindBranchStart(Query query, SqlValue branch) => query switch
    {
        AllBuilds => StartWithTerm(StatementStartRank.Branch, sql => sql.Append($"'branch/' || substr({branch}, 1, 64)")),
        BuildsOfBuilder { Builder: var builder } =>
            StartWithTerm(StatementStartRank.Branch, sql => sql.Append($"'builder/' || CAST({builder} AS TEXT) || '/branch/' || substr({branch}, 1, 64)")),
        _ => null,
    };

    private static StatementStart StartWithTerm(StatementStartRank rank, Action<SqlBuilder> appendTerm) => new(
        rank,
        static sql => sql.Append("build_terms AS start JOIN builds AS build ON build.id = start.build_id"),
        sql => appendTerm(sql.Condition().Append("start.term = ")),
        "start.build_id");
}
