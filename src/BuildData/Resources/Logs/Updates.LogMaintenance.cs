using BuildData.Resources;
using BuildData.Resources.Logs;
using BuildData.Resources.Logs.Merging;
using BuildData.Stores;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>Replaces chunks of a finished log by one chunk with the same lines.</summary>
    /// <returns>False if the chunks have changed meanwhile. Then the update changes nothing.</returns>
    internal Task<bool> ReplaceLogChunks(long logId, MergedChunk merged, CancellationToken cancellationToken) =>
        Write(
            static (context, args) => LogTable.ReplaceChunks(context, args.logId, args.merged),
            (logId, merged),
            cancellationToken,
            static (plan, args) => plan.AddRowToLock(ResourceTables.Logs, args.logId));

    /// <summary>Removes the content of a finished log. Its chunks are removed by <see cref="RemoveChunksOfRemovedLog"/>.</summary>
    /// <returns>False if the log has no content.</returns>
    internal Task<bool> RemoveLogContent(long logId, CancellationToken cancellationToken) =>
        Write(
            static (context, args) => LogRemoval.RemoveContent(context, args),
            logId,
            cancellationToken,
            static (plan, args) => plan.AddRowToLock(ResourceTables.Logs, args));

    /// <summary>Removes some chunks of a log whose content was removed.</summary>
    /// <param name="logId">The id of the log.</param>
    /// <param name="limit">The maximum number of chunks.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it.</param>
    /// <returns>Whether the log has more chunks.</returns>
    internal Task<bool> RemoveChunksOfRemovedLog(long logId, int limit, CancellationToken cancellationToken) =>
        Write(
            static async (context, args) =>
            {
                SqlBuilder sql = context.Session.Sql();
                sql.Append($"SELECT first_line FROM log_chunks WHERE log_id = {args.logId} ORDER BY first_line LIMIT {args.limit} + 1");
                List<long> lines = await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
                bool hasMore = lines.Count > args.limit;
                if (hasMore)
                {
                    await context.Session.Execute("DELETE FROM log_chunks WHERE log_id = $1 AND first_line < $2", args.logId, lines[args.limit]).ConfigureAwait(false);
                    return true;
                }

                await context.Session.Execute("DELETE FROM log_chunks WHERE log_id = $1", args.logId).ConfigureAwait(false);
                await context.Session.Execute("DELETE FROM removed_logs WHERE log_id = $1", args.logId).ConfigureAwait(false);
                return false;
            },
            (logId, limit),
            cancellationToken,
            static (plan, _) =>
            {
                plan.AddTables(ResourceTables.Logs);
                plan.SetRunsAlone();
            });

    /// <summary>Returns unused space of the database to the file system, a small part at a time.</summary>
    /// <returns>Whether another call would return more space.</returns>
    internal Task<bool> ReturnUnusedSpaceOfLogs(CancellationToken cancellationToken) =>
        Write(
            static (context, _) => context.Session.ReturnUnusedSpace(),
            0,
            cancellationToken,
            static (plan, _) =>
            {
                plan.AddTables(ResourceTables.Logs);
                plan.SetRunsAlone();
            });

    /// <inheritdoc cref="IStore.MakeDurable"/>
    internal Task MakeDurable(CancellationToken cancellationToken) => _writer.MakeDurable(cancellationToken);

    /// <summary>Reads from the store.</summary>
    internal ValueTask<TResult> Read<TState, TResult>(
        Func<ReadSession, TState, CancellationToken, ValueTask<TResult>> read, TState state, CancellationToken cancellationToken) =>
        _writer.Read(read, state, cancellationToken);

    /// <summary>Creates the object that merges the chunks of finished logs.</summary>
    internal LogMerger CreateLogMerger() => new(_writer, ReplaceLogChunks, _options.LogStore);
}
