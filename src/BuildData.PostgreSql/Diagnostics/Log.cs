using Microsoft.Extensions.Logging;

namespace BuildData.PostgreSql.Diagnostics;

/// <summary>
/// Writes the log messages of the PostgreSQL store. Their ids are stable and lie between 100 and 119. Smaller ids belong to the
/// core library.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Debug, "A batch of {Count} updates conflicted with another transaction at attempt {Attempt} and is run again: {Message}")]
    public static partial void BatchRunsAgain(ILogger logger, int count, int attempt, string message);

    [LoggerMessage(101, LogLevel.Warning, "The connection that listens for events of {Store} was lost. Until it is restored, events are found by polling only.")]
    public static partial void ListenerLost(ILogger logger, Exception error, string store);

    [LoggerMessage(102, LogLevel.Information, "The connection that listens for events of {Store} is restored.")]
    public static partial void ListenerRestored(ILogger logger, string store);

    [LoggerMessage(103, LogLevel.Error, "The events after sequence number {Sequence} were removed before this process read them. All subscriptions were ended with EventsLostException.")]
    public static partial void EventsLost(ILogger logger, long sequence);

    [LoggerMessage(104, LogLevel.Error, "Another process is using the master name '{MasterName}' now, so this one can't write. Give each process a MasterName of its own.")]
    public static partial void MasterNameTaken(ILogger logger, string masterName);

    [LoggerMessage(105, LogLevel.Warning, "The heartbeat of this master or the removal of expired events failed. Both are tried again at the next heartbeat.")]
    public static partial void HeartbeatOrCleanupFailed(ILogger logger, Exception error);

    [LoggerMessage(106, LogLevel.Error, "The store {Store} has lost its latest commits. The last published event, with sequence number {Known}, is no longer in the table. The newest event has {Position}. All subscriptions were ended with EventsLostException.")]
    public static partial void LatestCommitsLost(ILogger logger, string store, long known, long position);

    [LoggerMessage(107, LogLevel.Warning, "The store {Store} was closed, but this master could not be marked as inactive. Other masters see that its heartbeat has stopped.")]
    public static partial void MarkInactiveFailed(ILogger logger, Exception error, string store);

    [LoggerMessage(108, LogLevel.Warning, "Events of {Store} could not be read. They are published when a later read succeeds.")]
    public static partial void ReadingEventsFailed(ILogger logger, Exception error, string store);

    [LoggerMessage(109, LogLevel.Debug, "{Count} updates wait for rows that other sessions have locked.")]
    public static partial void RowsLocked(ILogger logger, int count);

    [LoggerMessage(110, LogLevel.Warning, "{Count} updates wait because another session has locked a whole table. They use these tables: {Tables}.")]
    public static partial void TableLocked(ILogger logger, int count, string tables);

    [LoggerMessage(111, LogLevel.Warning, "{Count} sessions of {Store} were ended because their hosts had stopped in the middle of a transaction.")]
    public static partial void StuckBatchSessionsEnded(ILogger logger, long count, string store);

    [LoggerMessage(112, LogLevel.Warning, "The answer to a commit in {Store} was lost. A look-up of its events found whether it was committed: {IsCommitted}.")]
    public static partial void CommitOutcomeFound(ILogger logger, string store, bool isCommitted);

    [LoggerMessage(113, LogLevel.Warning, "A connection to {Store} does not answer, and the server could not be asked about its session.")]
    public static partial void SessionCheckFailed(ILogger logger, Exception error, string store);

    [LoggerMessage(114, LogLevel.Debug, "Other masters of {Store} could not be notified. They find the new events when they next poll.")]
    public static partial void NotificationFailed(ILogger logger, Exception error, string store);

    [LoggerMessage(115, LogLevel.Error, "The store {Store} has lost a commit of this master, although the commit had succeeded. Its events from sequence number {First} are not published.")]
    public static partial void CommitLost(ILogger logger, string store, long first);
}
