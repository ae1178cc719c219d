using BuildData.Stores;

namespace BuildData.Resources.Logs.Merging;

/// <summary>Represents a finished log with chunks that can be merged.</summary>
internal sealed class LogToMerge
{
    public long LogId { get; init; }

    public long NumLines { get; init; }

    /// <summary>Gets how many lines, from the first on, are in merged chunks.</summary>
    public long MergedLines { get; init; }

    /// <summary>
    /// Reads some finished logs with chunks that can be merged, ordered by id: those of a master's builds, and those that another master has left for
    /// a long time.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="after">The id after which to begin.</param>
    /// <param name="masterId">The id of the master.</param>
    /// <param name="leftSince">The time before which logs of other masters were finished, in microseconds since 1970.</param>
    /// <param name="limit">The maximum number of logs.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public static async ValueTask<List<LogToMerge>> Read(ReadSession session, long after, long masterId, long leftSince, int limit, CancellationToken cancellationToken)
    {
        SqlBuilder sql = session.Sql();
        sql.Append(
            $"""
            SELECT log.id AS LogId, log.num_lines AS NumLines, log.merged_lines AS MergedLines FROM logs AS log JOIN builds AS build ON build.id = log.build_id
            WHERE log.complete = 1 AND log.merged_lines < log.num_lines AND log.id > {after} AND (build.master_id = {masterId} OR log.complete_at < {leftSince})
            ORDER BY log.id LIMIT {limit} + 0
            """);
        return await session.Rows<LogToMerge>(sql, cancellationToken).ConfigureAwait(false);
    }
}
