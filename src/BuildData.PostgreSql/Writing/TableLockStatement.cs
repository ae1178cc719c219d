namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Builds the statement that locks the tables of a transaction at its beginning. The statement detects that another session has
/// locked a whole table.
/// </summary>
/// <remarks>The lock has a mode that does not block sessions that read or write rows.</remarks>
internal static class TableLockStatement
{
    /// <summary>Returns the statement.</summary>
    /// <param name="tables">The names of the tables that the transaction writes or refers to.</param>
    /// <param name="waitsForLocks">
    /// Whether the statement waits for tables that another session has locked. Otherwise the statement fails at once.
    /// </param>
    public static string Build(IEnumerable<string> tables, bool waitsForLocks) =>
        $"LOCK TABLE {string.Join(", ", tables)} IN ROW EXCLUSIVE MODE{(waitsForLocks ? "" : " NOWAIT")}";
}
