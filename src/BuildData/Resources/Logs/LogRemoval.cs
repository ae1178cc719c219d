using BuildData.Stores;

namespace BuildData.Resources.Logs;

/// <summary>Removes logs within an update.</summary>
internal static class LogRemoval
{
    /// <summary>Removes the logs of all steps of a build. The update removes the build too, and announces this.</summary>
    public static async ValueTask RemoveLogsOfBuild(UpdateContext context, long buildId)
    {
        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT log.id FROM steps AS step JOIN logs AS log ON log.step_id = step.id WHERE step.build_id = {buildId}");
        foreach (long id in await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false))
        {
            context.Cache.SetRemoved(new RowKey(ResourceTables.Logs.Name, id));
            await RecordContentOutside(context, id).ConfigureAwait(false);
            await context.Session.Execute("DELETE FROM log_chunks WHERE log_id = $1", id).ConfigureAwait(false);
            await context.Session.Execute("DELETE FROM logs WHERE id = $1", id).ConfigureAwait(false);
        }
    }

    /// <summary>Records that content of a log outside the database must be deleted after the commit. Does nothing if all content is inside.</summary>
    private static ValueTask RecordContentOutside(UpdateContext context, long logId) => context.Session.Execute(
        """
        INSERT INTO removed_logs (log_id)
        SELECT id FROM logs WHERE id = $1 AND EXISTS (SELECT 1 FROM log_chunks WHERE log_id = $1 AND content IS NULL)
        """,
        logId);
}
