using BuildData.Resources.Logs.Chunks;
using BuildData.Resources.Logs.Merging;
using BuildData.Stores;

namespace BuildData.Resources.Logs;

/// <summary>Reads and writes logs within an update.</summary>
internal static class LogTable
{
    // Most steps have few logs. The search for an unused slug then needs one query.
    private const int SlugsPerQuery = 50;

    /// <summary>Returns a log, and locks the log's row.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such log.</exception>
    public static ValueTask<StepLog> GetForUpdate(UpdateContext context, long logId)
    {
        return Cache(context).Logs.TryGet(logId, out StepLog? log) ? new ValueTask<StepLog>(log) : Read(context, logId);

        static async ValueTask<StepLog> Read(UpdateContext context, long logId)
        {
            StepLog log = await context.GetForUpdate(new LogByRef(logId), logId).ConfigureAwait(false);
            Cache(context).Logs.Add(logId, log);
            return log;
        }
    }

    /// <summary>
    /// Returns the slug if no log of the step has it. Otherwise returns the first unused slug of <see cref="LogSlug.Next"/>. The caller must have
    /// locked the step's row, so that no other transaction can add a log to the step.
    /// </summary>
    public static async ValueTask<string> FirstFreeSlug(UpdateContext context, long stepId, string slug)
    {
        if ((await TakenSlugs(context, stepId, [slug]).ConfigureAwait(false)).Count == 0)
            return slug;

        string[] near = [.. Enumerable.Range(0, SlugsPerQuery).Select(offset => LogSlug.Next(slug, offset))];
        HashSet<string> taken = await TakenSlugs(context, stepId, near).ConfigureAwait(false);
        return near.FirstOrDefault(candidate => !taken.Contains(candidate)) ?? await FirstFreeAfterMany(context, stepId, slug).ConfigureAwait(false);
    }

    /// <summary>Adds chunks to a log, and announces <c>append</c>.</summary>
    /// <returns>The numbers of the first and the last added line.</returns>
    public static async ValueTask<AppendedLines> Append(UpdateContext context, StepLog log, EncodedLines lines)
    {
        long firstLine = log.NumLines;
        long stored = 0;
        foreach (EncodedChunk chunk in lines.Chunks)
        {
            await context.Session.Execute(
                "INSERT INTO log_chunks (log_id, first_line, last_line, num_bytes, encoding, content) VALUES ($1, $2, $3, $4, $5, $6)",
                log.LogId, firstLine, firstLine + chunk.LineCount - 1, chunk.TextLength, (long)chunk.Encoding, SqlValue.FromBytes(chunk.Content)).ConfigureAwait(false);
            firstLine += chunk.LineCount;
            stored += chunk.Content.Length;
        }

        StepLog changed = log with
        {
            NumLines = firstLine,
            NumBytes = log.NumBytes + lines.TextLength,
            NumReplaced = log.NumReplaced + lines.ReplacedCount,
        };
        await context.Session.Execute(
            "UPDATE logs SET num_lines = $2, num_bytes = $3, num_replaced = $4, stored_bytes = stored_bytes + $5 WHERE id = $1",
            log.LogId, changed.NumLines, changed.NumBytes, changed.NumReplaced, stored).ConfigureAwait(false);
        CacheAndAnnounce(context, changed, "append");
        return new AppendedLines(log.NumLines, changed.NumLines - 1);
    }

    /// <summary>Finishes a log, and announces <c>finished</c>. A small log with one chunk is not merged.</summary>
    public static async ValueTask Finish(UpdateContext context, StepLog log)
    {
        StepLog finished = log with { Complete = true, CompleteAt = context.Now };
        await context.Session.Execute(
            """
            UPDATE logs SET complete = 1, complete_at = $2, merged_lines =
                CASE WHEN num_bytes < $3 AND (SELECT count(*) FROM log_chunks WHERE log_id = $1) <= 1 THEN num_lines ELSE merged_lines END
            WHERE id = $1
            """,
            log.LogId, finished.CompleteAt, LogMerger.MinTextLength).ConfigureAwait(false);
        CacheAndAnnounce(context, finished, "finished");
        Evict(context, log.LogId);
    }

    /// <summary>Finishes the logs of a step that are not finished.</summary>
    public static async ValueTask FinishLogsOf(UpdateContext context, long stepId)
    {
        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT id FROM logs WHERE step_id = {stepId} AND complete = 0 ORDER BY id");
        foreach (long id in await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false))
        {
            StepLog log = await GetForUpdate(context, id).ConfigureAwait(false);
            if (!log.Complete)
                await Finish(context, log).ConfigureAwait(false);
        }
    }

    /// <summary>Replaces chunks of a finished log by one chunk with the same lines. Announces nothing, because no reader sees a difference.</summary>
    /// <returns>False if the chunks are not those that were merged. The caller then must not continue.</returns>
    public static async ValueTask<bool> ReplaceChunks(UpdateContext context, long logId, MergedChunk merged)
    {
        if (await TryGetForUpdate(context, logId).ConfigureAwait(false) is not { Complete: true, Type: not LogType.Removed } log)
            return false;

        Evict(context, logId);
        SqlBuilder sql = context.Session.Sql();
        sql.Append(
            $"""
            SELECT log.merged_lines AS MergedLines, count(*) AS Chunks, coalesce(max(chunk.last_line), -1) AS LastLine, coalesce(sum(octet_length(chunk.content)), 0) AS StoredBytes
            FROM logs AS log JOIN log_chunks AS chunk ON chunk.log_id = log.id AND chunk.first_line >= {merged.FirstLine} AND chunk.first_line <= {merged.LastLine}
            WHERE log.id = {logId} GROUP BY log.id, log.merged_lines
            """);
        List<ChunksToReplace> found = await context.Session.Rows<ChunksToReplace>(sql, CancellationToken.None).ConfigureAwait(false);
        if (found.Count == 0 || found[0].MergedLines != merged.FirstLine || found[0].Chunks != merged.ReplacedChunks || found[0].LastLine != merged.LastLine)
            return false;

        await context.Session.Execute(
            "DELETE FROM log_chunks WHERE log_id = $1 AND first_line >= $2 AND first_line <= $3", logId, merged.FirstLine, merged.LastLine).ConfigureAwait(false);
        await context.Session.Execute(
            "INSERT INTO log_chunks (log_id, first_line, last_line, num_bytes, encoding, content) VALUES ($1, $2, $3, $4, $5, $6)",
            logId, merged.FirstLine, merged.LastLine, merged.Chunk.TextLength, (long)merged.Chunk.Encoding,
            merged.IsOutside ? default : SqlValue.FromBytes(merged.Chunk.Content)).ConfigureAwait(false);
        await context.Session.Execute(
            "UPDATE logs SET merged_lines = $2, stored_bytes = stored_bytes + $3 WHERE id = $1",
            logId, merged.LastLine + 1, merged.Chunk.Content.Length - found[0].StoredBytes).ConfigureAwait(false);
        Cache(context).Logs.SetWritten(logId, log);
        Evict(context, logId);
        return true;
    }

    /// <summary>Returns a log, and locks the log's row. Returns null if there is no such log.</summary>
    public static async ValueTask<StepLog?> TryGetForUpdate(UpdateContext context, long logId)
    {
        try
        {
            return await GetForUpdate(context, logId).ConfigureAwait(false);
        }
        catch (ResourceNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Removes a log from the cache after the transaction. Few finished logs are used again.</summary>
    public static void Evict(UpdateContext context, long logId) => Cache(context).Logs.EvictForLaterTransactions(logId);

    /// <summary>Caches a log that the update has written, and announces the change.</summary>
    public static void CacheAndAnnounce(UpdateContext context, StepLog log, string eventName)
    {
        Cache(context).Logs.SetWritten(log.LogId, log);
        context.Announce(LogDefinition.Instance, eventName, log, log.LogId);
    }

    /// <summary>
    /// Finds an unused slug if many are in use: doubles the offset until a slug is unused, and then searches between the last two offsets. If
    /// the numbers have gaps, the slug need not be the first unused one.
    /// </summary>
    private static async ValueTask<string> FirstFreeAfterMany(UpdateContext context, long stepId, string slug)
    {
        long[] offsets = [.. Enumerable.Range(0, 40).Select(static power => (long)SlugsPerQuery << power)];
        string[] candidates = [.. offsets.Select(offset => LogSlug.Next(slug, offset))];
        HashSet<string> taken = await TakenSlugs(context, stepId, candidates).ConfigureAwait(false);
        int first = Array.FindIndex(candidates, candidate => !taken.Contains(candidate));
        (long used, long free) = (first == 0 ? SlugsPerQuery - 1 : offsets[first - 1], offsets[first]);
        while (free - used > 1)
        {
            long middle = used + ((free - used) / 2);
            if ((await TakenSlugs(context, stepId, [LogSlug.Next(slug, middle)]).ConfigureAwait(false)).Count == 0)
                free = middle;
            else
                used = middle;
        }

        return LogSlug.Next(slug, free);
    }

    private static async ValueTask<HashSet<string>> TakenSlugs(UpdateContext context, long stepId, string[] slugs)
    {
        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT slug FROM logs WHERE step_id = {stepId} AND slug IN (");
        for (int i = 0; i < slugs.Length; i++)
            sql.Append(i == 0 ? "" : ", ").Value(slugs[i]);
        sql.Append(")");
        return [.. await context.Session.Rows<string>(sql, CancellationToken.None).ConfigureAwait(false)];
    }

    private static LogCache Cache(UpdateContext context) => context.Cache.GetPart<LogCache>();
}
