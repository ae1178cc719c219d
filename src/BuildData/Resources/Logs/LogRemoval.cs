using BuildData.Stores;

namespace BuildData.Resources.Logs;

/// <summary>
/// Removes logs, or their content, within an update. The chunks are removed later in small parts, because a log can have very many of them.
/// </summary>
internal static class LogRemoval
{
    /// <summary>Removes the logs of all steps of a build. The update removes the build too, and announces this.</summary>
    public static async ValueTask RemoveLogsOfBuild(UpdateContext context, long buildId)
    {
        // Finished logs are not cached. Another transaction can add the first lines to an unfinished log before the log is removed.
        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT id FROM logs WHERE step_id IN (SELECT id FROM steps WHERE build_id = {buildId}) AND complete = 0");
        foreach (long id in await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false))
            context.Cache.SetRemoved(new RowKey(ResourceTables.Logs.Name, id));
        await context.Session.Execute(
            """
            INSERT INTO removed_logs (log_id)
            SELECT id FROM logs WHERE step_id IN (SELECT id FROM steps WHERE build_id = $1) AND (num_lines > 0 OR complete = 0) AND type <> 'd'
            ON CONFLICT DO NOTHING
            """,
            buildId).ConfigureAwait(false);
        await context.Session.Execute("DELETE FROM logs WHERE step_id IN (SELECT id FROM steps WHERE build_id = $1)", buildId).ConfigureAwait(false);
    }

    /// <summary>Removes the content of a finished log. Announces <c>content_removed</c>.</summary>
    /// <returns>False if the log does not exist, is not finished or has no content.</returns>
    public static async ValueTask<bool> RemoveContent(UpdateContext context, long logId)
    {
        if (await LogTable.TryGetForUpdate(context, logId).ConfigureAwait(false) is not { Complete: true, Type: not LogType.Removed } log)
            return false;

        await context.Session.Execute("UPDATE logs SET type = 'd', stored_bytes = 0, merged_lines = num_lines WHERE id = $1", logId).ConfigureAwait(false);
        await context.Session.Execute("INSERT INTO removed_logs (log_id) VALUES ($1) ON CONFLICT DO NOTHING", logId).ConfigureAwait(false);
        LogTable.CacheAndAnnounce(context, log with { Type = LogType.Removed }, LogDefinition.ContentRemovedEventName);
        LogTable.Evict(context, logId);
        return true;
    }
}
