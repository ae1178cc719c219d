using BuildData.Stores;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData.Resources.BuildRequests;

/// <summary>
/// Writes a SELECT that returns the waiting requests of some builders, in the order in which the requests should be built. The request with
/// the highest priority comes first. Among requests with equal priorities, the oldest comes first.
/// </summary>
/// <remarks>
/// The index <c>buildrequests_waiting</c> has this order for each builder. So the statement reads only the first entries of each builder.
/// Its cost does not depend on the number of waiting requests or on the length of the history.
/// </remarks>
internal static class NextRequestSql
{
    // SQLite and PostgreSQL both accept this many parts of a UNION. With more builders, the statement sorts all their waiting requests.
    private const int MaxUnionParts = 256;

    /// <summary>
    /// How many further requests of each builder a statement with several builders reads. These requests replace those that other
    /// transactions have locked.
    /// </summary>
    public const int SpareForLocked = 32;

    /// <summary>The maximum number of requests of each builder that a statement with several builders considers.</summary>
    public const int MaxCandidates = 1024;

    // The limit is a constant in the text. With a parameter, the planner of PostgreSQL expects a tenth of the table, and reads all of it.
    private static readonly (int Count, string Clause)[] CandidateLimits =
        [(1, " LIMIT 1"), (64, " LIMIT 64"), (256, " LIMIT 256"), (MaxCandidates, " LIMIT 1024")];

    /// <summary>Appends the statement without a clause that locks rows.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="builderIds">The ids of the builders.</param>
    /// <param name="columns">The columns to select. The table has the alias <c>request</c>.</param>
    /// <param name="count">The maximum number of requests.</param>
    /// <param name="spare">
    /// How many further requests of each builder to consider, because other transactions may have locked some. Has no effect for a single
    /// builder.
    /// </param>
    public static SqlBuilder Append(SqlBuilder sql, EquatableList<long> builderIds, string columns, int count, int spare = 0)
    {
        sql.Append("SELECT ").Append(columns).Append(" FROM ");
        if (builderIds.Count is > 1 and <= MaxUnionParts)
        {
            AppendCandidates(sql, builderIds, count + spare);
            sql.Append(" JOIN buildrequests AS request ON request.id = candidate.id WHERE ");
        }
        else
        {
            sql.Append("buildrequests AS request WHERE request.builder_id IN ").AppendList(builderIds).Append(" AND ");
        }

        sql.Append("request.claimed_by IS NULL AND request.complete = 0 ORDER BY request.priority DESC, request.submitted_at, request.id");
        return sql.Append($" LIMIT {(long)count} + 0");
    }

    private static void AppendCandidates(SqlBuilder sql, EquatableList<long> builderIds, int countOfEach)
    {
        // A batch with more updates leaves some of them without a candidate. These look for a request by themselves.
        string limit = CandidateLimits.FirstOrDefault(limit => limit.Count >= countOfEach, CandidateLimits[^1]).Clause;
        string separator = "(";
        foreach (long builderId in builderIds)
        {
            sql.Append(separator).Append("SELECT id FROM (SELECT id FROM buildrequests").Append(
                $" WHERE builder_id = {builderId} AND claimed_by IS NULL AND complete = 0 ORDER BY priority DESC, submitted_at, id");
            sql.Append(limit).Append(") AS part");
            separator = " UNION ALL ";
        }

        sql.Append(") AS candidate");
    }
}
