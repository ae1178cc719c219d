using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Locks tables against nobody who reads or writes rows, so that a transaction finds out at its beginning that another session has
/// locked one of them as a whole.
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

    /// <summary>Returns the statement for some tables.</summary>
    /// <param name="tables">The tables.</param>
    /// <param name="waits">Whether to wait for a table that is locked. Otherwise the statement fails.</param>
    public static string Statement(Tables tables, bool waits) =>
        $"LOCK TABLE {string.Join(", ", Names.Where(name => tables.HasFlag(name.Table)).Select(name => name.Names))} IN ROW EXCLUSIVE MODE{(waits ? "" : " NOWAIT")}";
}
