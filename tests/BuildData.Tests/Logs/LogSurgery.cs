using BuildData.Resources.Logs;
using BuildData.Stores;
using BuildData.Updating;

namespace BuildData.Tests;

/// <summary>Changes the stored lines of a log within the library's own transactions.</summary>
internal static class LogSurgery
{
    /// <summary>Removes the lines of a log.</summary>
    public static Task RemoveContent(this Master master, long logId) => master.Run(async context =>
    {
        StepLog log = await LogTable.GetForUpdate(context, logId);
        await context.Session.Execute("DELETE FROM log_chunks WHERE log_id = $1", logId);
        await context.Session.Execute("UPDATE logs SET type = 'd', stored_bytes = 0 WHERE id = $1", logId);
        LogTable.CacheAndAnnounce(context, log with { Type = LogType.Removed }, LogDefinition.ContentRemovedEventName);
    });

    /// <summary>Runs a statement with the id of the log as its parameter.</summary>
    public static Task Execute(this Master master, string sql, long logId) => master.Run(async context => await context.Session.Execute(sql, logId));

    /// <summary>Replaces all chunks of a log with one.</summary>
    public static Task Merge(this Master master, long logId, string text) => master.Run(async context =>
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        await context.Session.Execute("DELETE FROM log_chunks WHERE log_id = $1", logId);
        await context.Session.Execute(
            "INSERT INTO log_chunks (log_id, first_line, last_line, num_bytes, encoding, content) VALUES ($1, 0, $2, $3, 0, $4)",
            logId, text.Count(c => c == '\n') - 1, bytes.Length, SqlValue.FromBytes(bytes));
    });

    private static async Task Run(this Master master, Func<UpdateContext, Task> change)
    {
        var update = new UpdateCall<Func<UpdateContext, Task>, int>(
            static async (context, change) =>
            {
                await change(context);
                return 0;
            },
            change,
            fillPlan: null);
        ((IUpdateWriter)master).Write(update, CancellationToken.None);
        await update.Task.WaitAsync(Given.Patience);
    }
}
