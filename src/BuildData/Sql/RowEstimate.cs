namespace BuildData.Sql;

/// <summary>
/// Provides a clause for the end of a subquery. The clause limits nothing, because the limit of the subquery itself is not larger. But it tells the
/// planner of the database how few rows to expect.
/// </summary>
/// <remarks>
/// The planner of PostgreSQL does not know the values of parameters when it makes a plan for all executions of a statement. From a limit that is
/// a parameter, it expects a tenth of the table. So it would read all details of a table of details, or plan each execution again.
/// </remarks>
internal static class RowEstimate
{
    // The database keeps a plan only if it does not cost much more than the best plan for the actual limit. So the numbers are close together.
    // A page with a usual limit, such as 20, reads one resource more, which shows whether there is a next page.
    private static readonly (long Count, string Clause)[] Clauses =
    [
        (1, " LIMIT 1"), (2, " LIMIT 2"), (3, " LIMIT 3"), (4, " LIMIT 4"), (5, " LIMIT 5"), (6, " LIMIT 6"), (8, " LIMIT 8"),
        (11, " LIMIT 11"), (13, " LIMIT 13"), (16, " LIMIT 16"), (21, " LIMIT 21"), (26, " LIMIT 26"), (32, " LIMIT 32"),
        (41, " LIMIT 41"), (51, " LIMIT 51"), (64, " LIMIT 64"), (81, " LIMIT 81"), (101, " LIMIT 101"), (128, " LIMIT 128"),
        (161, " LIMIT 161"), (201, " LIMIT 201"), (256, " LIMIT 256"), (320, " LIMIT 320"), (401, " LIMIT 401"), (501, " LIMIT 501"),
        (640, " LIMIT 640"), (801, " LIMIT 801"), (1001, " LIMIT 1001")
    ];

    /// <summary>Returns the clause for a subquery with a limit; null if the limit is too large for an estimate to matter.</summary>
    /// <param name="limit">The limit of the subquery.</param>
    public static string? Clause(long limit) => Array.Find(Clauses, clause => clause.Count >= limit).Clause;
}
