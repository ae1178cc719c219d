namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Builds the LOCK TABLE statement at the beginning of a transaction. With this statement, the transaction finds out early
/// whether another session has locked a whole table.
/// </summary>
/// <remarks>After this statement, other sessions can still read and write rows of the tables.</remarks>
internal static class TableLockStatement
{
    /// <summary>Builds the LOCK TABLE statement for the tables of a transaction.</summary>
    /// <param name="tables">The names of the tables that the transaction writes or refers to.</param>
    /// <param name="waitsForLocks">
    /// Whether the statement waits until other sessions release their locks of the tables. Otherwise the statement fails at
    /// once if another session has locked a table.
    /// </param>
    public static string Build(IEnumerable<string> tables, bool waitsForLocks) =>
        $"LOCK TABLE {string.Join(", ", tables)} IN ROW EXCLUSIVE MODE{(waitsForLocks ? "" : " NOWAIT")}";
}
