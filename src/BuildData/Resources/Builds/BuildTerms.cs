using BuildData.Stores;

namespace BuildData.Resources.Builds;

/// <summary>
/// Writes the terms by which queries find the builds of a branch or of a source stamp. A term is a text such as <c>branch/main</c>. The table
/// <c>build_terms</c> has one row for each term of a build, ordered by term and build. So a query reads the newest builds of a branch without
/// reading older builds or builds of other branches.
/// </summary>
/// <remarks>
/// A build has a term for each of its source stamps, for each branch of these, and for each branch together with the builder. A term contains
/// only the beginning of a long branch, so a query must also compare the whole text. The terms of a build never change, because the source
/// stamps of a buildset never change.
/// </remarks>
internal static class BuildTerms
{
    // The parameters are the ids of the build, the buildset and the builder.
    private const string Terms =
        """
        SELECT 'branch/' || substr(stamp.branch, 1, 64) AS term
        FROM buildset_sourcestamps AS link JOIN sourcestamps AS stamp ON stamp.id = link.sourcestamp_id
        WHERE link.buildset_id = $2 AND stamp.branch IS NOT NULL
        UNION
        SELECT 'builder/' || CAST($3 AS TEXT) || '/branch/' || substr(stamp.branch, 1, 64) AS term
        FROM buildset_sourcestamps AS link JOIN sourcestamps AS stamp ON stamp.id = link.sourcestamp_id
        WHERE link.buildset_id = $2 AND stamp.branch IS NOT NULL
        UNION
        SELECT 'sourcestamp/' || CAST(link.sourcestamp_id AS TEXT) AS term FROM buildset_sourcestamps AS link WHERE link.buildset_id = $2
        """;

    private const string InsertText = "INSERT INTO build_terms (term, build_id) SELECT found.term, $1 FROM (" + Terms + ") AS found";

    private const string DeleteText = "DELETE FROM build_terms WHERE build_id = $1 AND term IN (" + Terms + ")";

    /// <summary>Adds the terms of a new build.</summary>
    public static ValueTask Insert(UpdateContext context, Build build) =>
        context.Session.Execute(InsertText, build.BuildId, build.BuildsetId, build.BuilderId);

    /// <summary>Removes the terms of a build. The source stamps of the build's buildset must still exist.</summary>
    public static ValueTask Remove(UpdateContext context, Build build) =>
        context.Session.Execute(DeleteText, build.BuildId, build.BuildsetId, build.BuilderId);
}
