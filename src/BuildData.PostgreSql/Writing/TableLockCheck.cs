namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Builds the statement with which a transaction detects at its beginning that another session has locked a whole table. It locks
/// the tables in a mode that doesn't block sessions that read or write rows.
/// </summary>
internal static class TableLockCheck
{
    /// <summary>Returns the statement.</summary>
    /// <param name="tables">The names of the tables that the transaction writes or refers to.</param>
    /// <param name="waits">Whether to wait for a table that is locked. Otherwise the statement fails at once.</param>
    public static string Statement(IEnumerable<string> tables, bool waits) =>
        $"LOCK TABLE {string.Join(", ", tables)} IN ROW EXCLUSIVE MODE{(waits ? "" : " NOWAIT")}";
}
