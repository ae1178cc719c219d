using BuildData.Resources.Logs.Merging;
using BuildData.Values;

namespace BuildData.History;

/// <summary>
/// Does what logs need after they are finished: merges their chunks, removes the content of old logs, and removes the chunks of logs whose content
/// was removed.
/// </summary>
/// <param name="updates">The update methods of the master.</param>
/// <param name="options">The options of the master.</param>
/// <param name="masterId">The id of the master.</param>
/// <param name="logFailure">Logs the failure to merge or remove a log. The other logs are not affected.</param>
internal sealed class LogMaintenance(Updates updates, BuildDataOptions options, long masterId, Action<Exception, long> logFailure)
{
    private const int PageLength = 100;

    // The chunks of a part have some megabytes, so that other updates don't wait long.
    private const int ChunksPerPart = 16;

    // Another master merges its own logs soon after they are finished, unless it has ended.
    private static readonly TimeSpan LeftByOthers = TimeSpan.FromMinutes(10);

    private readonly LogMerger _merger = updates.CreateLogMerger();

    /// <summary>Merges the chunks of finished logs.</summary>
    public async Task Merge(CancellationToken cancellationToken)
    {
        long leftSince = Timestamp.ToMicroseconds(options.TimeProvider.GetUtcNow() - LeftByOthers);
        long after = 0;
        while (true)
        {
            List<LogToMerge> logs = await updates.Read(
                static (session, args, token) => LogToMerge.Read(session, args.after, args.masterId, args.leftSince, PageLength, token),
                (after, masterId, leftSince), cancellationToken).ConfigureAwait(false);
            foreach (LogToMerge log in logs)
            {
                await Try(log.LogId, token => _merger.Merge(log, token), cancellationToken).ConfigureAwait(false);
                after = log.LogId;
            }

            if (logs.Count < PageLength)
                return;
        }
    }

    /// <summary>Removes the content of logs that were finished before a time. Their chunks are removed later.</summary>
    public async Task RemoveContent(DateTimeOffset before, CancellationToken cancellationToken)
    {
        LogPosition after = LogPosition.Start;
        while (true)
        {
            List<LogPosition> logs = await updates.Read(
                static (session, args, token) => LogPosition.ReadOld(session, args.after, Timestamp.ToMicroseconds(args.before), PageLength, token),
                (after, before), cancellationToken).ConfigureAwait(false);
            foreach (LogPosition log in logs)
            {
                await Try(log.LogId, token => updates.RemoveLogContent(log.LogId, token), cancellationToken).ConfigureAwait(false);
                after = log;
            }

            if (logs.Count < PageLength)
                return;
        }
    }

    /// <summary>Removes the chunks of logs whose content was removed, in the database and outside.</summary>
    public async Task RemoveChunks(CancellationToken cancellationToken)
    {
        long after = 0;
        bool hasRemoved = false;
        while (true)
        {
            List<long> logs = await updates.Read(
                static (session, after, token) => LogPosition.ReadRemoved(session, after, PageLength, token), after, cancellationToken).ConfigureAwait(false);

            // A power cut must not bring back a log whose files are deleted.
            if (logs.Count > 0 && options.LogStore is not null)
                await updates.MakeDurable(cancellationToken).ConfigureAwait(false);
            foreach (long log in logs)
            {
                await Try(log, token => RemoveChunksOf(log, token), cancellationToken).ConfigureAwait(false);
                after = log;
                hasRemoved = true;
            }

            if (logs.Count < PageLength)
                break;
        }

        while (hasRemoved && await updates.ReturnUnusedSpaceOfLogs(cancellationToken).ConfigureAwait(false))
            await Task.Yield();
    }

    private async Task RemoveChunksOf(long logId, CancellationToken cancellationToken)
    {
        // First outside: the row that remembers the log is removed together with its last chunks.
        if (options.LogStore is { } outside)
            await outside.DeleteLog(logId, cancellationToken).ConfigureAwait(false);
        var pace = new RemovalPace(options.TimeProvider, hasSeveralWriters: false);
        while (true)
        {
            long start = options.TimeProvider.GetTimestamp();
            if (!await updates.RemoveChunksOfRemovedLog(logId, ChunksPerPart, cancellationToken).ConfigureAwait(false))
                return;
            await pace.Pause(TimeSpan.Zero, options.TimeProvider.GetElapsedTime(start), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task Try(long logId, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // One log, or a store that the host program has written, must not keep the other logs from being processed.
        catch (Exception error)
#pragma warning restore CA1031
        {
            logFailure(error, logId);
        }
    }
}
