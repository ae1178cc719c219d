using BuildData.Stores;

namespace BuildData.History;

/// <summary>
/// Holds the ids of resources that must stay, so that the newest row of each table stays. The reason is that SQLite assigns to a new row
/// the id after the highest existing id. If the newest row were removed, its id would be used again. The same rule applies with PostgreSQL,
/// so that all stores keep the same resources.
/// </summary>
internal sealed class NewestRows
{
    private const string Text =
        """
        SELECT coalesce((SELECT max(id) FROM builds), 0) AS Build,
        coalesce((SELECT build_id FROM steps WHERE id = (SELECT max(id) FROM steps)), 0) AS BuildOfStep,
        coalesce((SELECT max(id) FROM buildrequests), 0) AS Request,
        coalesce((SELECT max(id) FROM buildsets), 0) AS Buildset,
        coalesce((SELECT max(buildset_id) FROM buildset_sourcestamps WHERE sourcestamp_id = (SELECT max(id) FROM sourcestamps)), 0) AS BuildsetOfStamp,
        coalesce((
            SELECT max(buildset_id) FROM buildset_sourcestamps WHERE sourcestamp_id = (
                SELECT id FROM sourcestamps WHERE patch_id = (SELECT max(id) FROM patches))), 0) AS BuildsetOfPatch
        """;

    public long Build { get; init; }

    public long BuildOfStep { get; init; }

    public long Request { get; init; }

    public long Buildset { get; init; }

    /// <summary>Gets the newest buildset that refers to the newest source stamp.</summary>
    public long BuildsetOfStamp { get; init; }

    /// <summary>Gets the newest buildset that refers to the source stamp with the newest patch.</summary>
    public long BuildsetOfPatch { get; init; }

    public static async ValueTask<NewestRows> Read(ReadSession session, CancellationToken cancellationToken)
    {
        List<NewestRows> rows = await session.Rows<NewestRows>(session.Sql().Append(Text), cancellationToken).ConfigureAwait(false);
        return rows[0];
    }

    public bool NeedBuild(long id) => id == Build || id == BuildOfStep;

    public bool NeedBuildset(long id) => id == Buildset || id == BuildsetOfStamp || id == BuildsetOfPatch;
}
