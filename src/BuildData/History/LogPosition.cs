using BuildData.Stores;

namespace BuildData.History;

/// <summary>Represents the position of a finished log in the order in which logs were finished.</summary>
internal sealed class LogPosition
{
    public static readonly LogPosition Start = new() { CompleteAt = long.MinValue };

    public long LogId { get; init; }

    /// <summary>Gets the time at which the log was finished, in microseconds since 1970.</summary>
    public long CompleteAt { get; init; }

    /// <summary>Reads the positions of some logs that still have content, and that were finished before a time, the oldest first.</summary>
    /// <param name="session">The session.</param>
    /// <param name="after">The position after which to begin.</param>
    /// <param name="before">The time, in microseconds since 1970.</param>
    /// <param name="limit">The maximum number of logs.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public static async ValueTask<List<LogPosition>> ReadOld(ReadSession session, LogPosition after, long before, int limit, CancellationToken cancellationToken)
    {
        SqlBuilder sql = session.Sql();
        sql.Append(
            $"""
            SELECT id AS LogId, complete_at AS CompleteAt FROM logs
            WHERE complete = 1 AND type <> 'd' AND complete_at < {before} AND (complete_at, id) > ({after.CompleteAt}, {after.LogId})
            ORDER BY complete_at, id LIMIT {limit} + 0
            """);
        return await session.Rows<LogPosition>(sql, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the ids of some logs whose content was removed, and whose chunks must still be removed.</summary>
    public static async ValueTask<List<long>> ReadRemoved(ReadSession session, long after, int limit, CancellationToken cancellationToken)
    {
        SqlBuilder sql = session.Sql();
        sql.Append($"SELECT log_id FROM removed_logs WHERE log_id > {after} ORDER BY log_id LIMIT {limit} + 0");
        return await session.Rows<long>(sql, cancellationToken).ConfigureAwait(false);
    }
}
