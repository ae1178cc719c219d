using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Builds the statement with which a transaction detects at its beginning that another session has locked a whole table. It locks
/// the tables in a mode that doesn't block sessions that read or write rows.
/// </summary>
internal static class TableLockCheck
{
    private static readonly (Tables Table, string Names)[] Names =
    [
        (Tables.Masters, "masters"),
        (Tables.Builders, "builders, builder_tags"),
        (Tables.Workers, "workers"),
        (Tables.SourceStamps, "sourcestamps, patches"),
        (Tables.Buildsets, "buildsets, buildset_sourcestamps, buildset_properties"),
        (Tables.BuildRequests, "buildrequests"),
        (Tables.Builds, "builds, build_properties"),
        (Tables.Steps, "steps"),
    ];

    /// <summary>Returns the statement.</summary>
    /// <param name="tables">The tables that the transaction writes or refers to.</param>
    /// <param name="waits">Whether to wait for a table that is locked. Otherwise the statement fails at once.</param>
    public static string Statement(Tables tables, bool waits) =>
        $"LOCK TABLE {string.Join(", ", Names.Where(name => tables.HasFlag(name.Table)).Select(name => name.Names))} IN ROW EXCLUSIVE MODE{(waits ? "" : " NOWAIT")}";
}
