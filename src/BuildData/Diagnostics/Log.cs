using Microsoft.Extensions.Logging;

namespace BuildData.Diagnostics;

/// <summary>
/// Defines the library's log messages. The ids are stable: 1 to 19 are for the store, 20 to 39 for updates, 40 to 59 for events.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "The store {Store} is open; this master is '{MasterName}' with the id {MasterId}.")]
    public static partial void StoreOpened(ILogger logger, string store, string masterName, long masterId);

    [LoggerMessage(2, LogLevel.Information, "The store {Store} is closed.")]
    public static partial void StoreClosed(ILogger logger, string store);

    [LoggerMessage(3, LogLevel.Information, "The store {Store} was migrated from schema version {From} to {To}.")]
    public static partial void StoreMigrated(ILogger logger, string store, long from, long to);

    [LoggerMessage(4, LogLevel.Warning, "The write-ahead log of {Store} has {Size} bytes, more than its limit of {Limit}. It can't be emptied while other processes read the database. End their long reads.")]
    public static partial void WalTooLarge(ILogger logger, string store, long size, long limit);

    [LoggerMessage(5, LogLevel.Warning, "Another program has changed {Store}. Its changes are not announced as events. The rows cached by this process were discarded.")]
    public static partial void ChangedByOtherProgram(ILogger logger, string store);

    [LoggerMessage(6, LogLevel.Warning, "The write-ahead log of {Store} could not be emptied. The store tries again when the log has grown further.")]
    public static partial void WalNotEmptied(ILogger logger, Exception error, string store);

    [LoggerMessage(7, LogLevel.Information, "An earlier process of this master has left work open. {Builds} builds and {Steps} steps were finished, {Requests} build requests were released.")]
    public static partial void WorkRecovered(ILogger logger, int builds, int steps, int requests);

    [LoggerMessage(8, LogLevel.Information, "Old history was removed: {Builds} builds with {Steps} steps, {BuildRequests} build requests and {Buildsets} buildsets.")]
    public static partial void HistoryRemoved(ILogger logger, long builds, long steps, long buildRequests, long buildsets);

    [LoggerMessage(9, LogLevel.Error, "Old history could not be removed. This is tried again later.")]
    public static partial void HistoryNotRemoved(ILogger logger, Exception error);

    [LoggerMessage(10, LogLevel.Error, "The chunks of the log {LogId} could not be merged or removed. This is tried again later.")]
    public static partial void LogNotMaintained(ILogger logger, Exception error, long logId);

    [LoggerMessage(11, LogLevel.Error, "The chunks of finished logs could not be merged or removed. This is tried again later.")]
    public static partial void LogsNotMaintained(ILogger logger, Exception error);

    [LoggerMessage(20, LogLevel.Error, "A transaction of {Count} updates failed. None of the updates is stored.")]
    public static partial void BatchFailed(ILogger logger, Exception error, int count);

    [LoggerMessage(21, LogLevel.Warning, "A transaction of the host has blocked all other updates for more than {Milliseconds} ms and is still open. Await nothing but updates in it.")]
    public static partial void TransactionIsLong(ILogger logger, double milliseconds);

    [LoggerMessage(22, LogLevel.Error, "It is unknown whether a transaction of {Count} updates is stored, because the disk or the connection failed during its commit. Read the current state before you repeat the updates.")]
    public static partial void OutcomeUnknown(ILogger logger, Exception error, int count);

    [LoggerMessage(40, LogLevel.Warning, "The subscriber to '{Pattern}' fell too far behind and was ended. The last event it receives has the sequence number {Sequence}.")]
    public static partial void SubscriberLagged(ILogger logger, string pattern, long sequence);

    [LoggerMessage(41, LogLevel.Error, "A callback threw an exception while it handled the event '{EventName}' of {Path} with the sequence number {Sequence}.")]
    public static partial void CallbackFailed(ILogger logger, Exception error, string path, string eventName, long sequence);

    [LoggerMessage(42, LogLevel.Warning, "The last event could not be read from the store. The read is repeated. Until it succeeds, LastSequence and LastCursor refer to an earlier event.")]
    public static partial void LastEventNotRead(ILogger logger, Exception error);

    [LoggerMessage(43, LogLevel.Error, "Builds could not be followed to measure or trace them. This is tried again in {Delay}. The builds that finish until then are measured later.")]
    public static partial void BuildsNotFollowed(ILogger logger, Exception error, TimeSpan delay);

    [LoggerMessage(44, LogLevel.Error, "The build {BuildId} could not be traced.")]
    public static partial void BuildNotTraced(ILogger logger, Exception error, long buildId);

    [LoggerMessage(45, LogLevel.Warning, "The master was closed before the last finished builds were measured and traced, because that took too long.")]
    public static partial void LastBuildsNotMeasured(ILogger logger);

    [LoggerMessage(46, LogLevel.Error, "A callback of the token that is cancelled with the build {BuildId} threw an exception.")]
    public static partial void CancellationCallbackFailed(ILogger logger, Exception error, long buildId);
}
