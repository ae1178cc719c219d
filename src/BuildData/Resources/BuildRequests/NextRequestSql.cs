using BuildData.Stores;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData.Resources.BuildRequests;

/// <summary>
/// Writes the SELECT of the waiting requests of some builders in the order in which they are to be built: the highest priority first, and
/// the oldest first among equal priorities.
/// </summary>
/// <remarks>
/// The index <c>buildrequests_waiting</c> has this order for each builder. So the statement reads the first entries of each builder, however
/// many requests wait, and however long the history is.
/// </remarks>
internal static class NextRequestSql
{
    // SQLite and PostgreSQL both accept this many parts of a UNION. With more builders, the statement sorts all their waiting requests.
    private const int MaxUnionParts = 256;

    // How many requests that other transactions have locked a statement can pass over for each builder, if there are several builders.
    private const int SpareCandidates = 32;

    /// <summary>Appends the statement without a clause that locks rows.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="builderIds">The ids of the builders.</param>
    /// <param name="columns">The columns to select. The table has the alias <c>request</c>.</param>
    /// <param name="count">The maximum number of requests.</param>
    public static SqlBuilder Append(SqlBuilder sql, EquatableList<long> builderIds, string columns, int count)
    {
        sql.Append("SELECT ").Append(columns).Append(" FROM ");
        if (builderIds.Count is > 1 and <= MaxUnionParts)
        {
            AppendCandidates(sql, builderIds, count + SpareCandidates);
            sql.Append(" JOIN buildrequests AS request ON request.id = candidate.id WHERE ");
        }
        else
        {
            sql.Append("buildrequests AS request WHERE request.builder_id IN ").AppendList(builderIds).Append(" AND ");
        }

        sql.Append("request.claimed_by IS NULL AND request.complete = 0 ORDER BY request.priority DESC, request.submitted_at, request.id");
        return sql.Append($" LIMIT {(long)count} + 0");
    }

    private static void AppendCandidates(SqlBuilder sql, EquatableList<long> builderIds, long countOfEach)
    {
        string separator = "(";
        foreach (long builderId in builderIds)
        {
            sql.Append(separator).Append(
                $"""
                SELECT id FROM (
                    SELECT id FROM buildrequests WHERE builder_id = {builderId} AND claimed_by IS NULL AND complete = 0
                    ORDER BY priority DESC, submitted_at, id LIMIT {countOfEach} + 0) AS part
                """);
            separator = " UNION ALL ";
        }

        sql.Append(") AS candidate");
    }
}
