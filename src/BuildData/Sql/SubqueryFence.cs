namespace BuildData.Sql;

/// <summary>
/// Provides a clause for the end of a subquery. The clause limits nothing. But it prevents the planners of all databases from merging the subquery
/// with the statement around it. So conditions and orders of that statement can't change the plan of the subquery.
/// </summary>
internal static class SubqueryFence
{
    // Without OFFSET, SQLite merges a subquery that has a limit.
    public const string Text = " LIMIT 9223372036854775807 OFFSET 0";
}
