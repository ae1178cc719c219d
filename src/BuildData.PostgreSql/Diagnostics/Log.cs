using Microsoft.Extensions.Logging;

namespace BuildData.PostgreSql.Diagnostics;

/// <summary>What the store logs. The ids are stable: 100 to 119, beside those of every store.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Debug, "A transaction of {Count} updates was in others' way at attempt {Attempt} and is run again: {Message}")]
    public static partial void RunAgain(ILogger logger, int count, int attempt, string message);

    [LoggerMessage(101, LogLevel.Warning, "The connection that listens to {Store} was lost; events come by polling until it is back.")]
    public static partial void ListenerLost(ILogger logger, Exception error, string store);

    [LoggerMessage(102, LogLevel.Information, "The connection that listens to {Store} is back.")]
    public static partial void ListenerBack(ILogger logger, string store);

    [LoggerMessage(103, LogLevel.Error, "The events after sequence number {Sequence} were removed before they could be read; subscribers were told.")]
    public static partial void EventsLost(ILogger logger, long sequence);

    [LoggerMessage(104, LogLevel.Error, "Another process is master '{MasterName}' now; each needs a name of its own.")]
    public static partial void NameTaken(ILogger logger, string masterName);

    [LoggerMessage(105, LogLevel.Warning, "The heartbeat of this master, or the removal of old events, failed.")]
    public static partial void UpkeepFailed(ILogger logger, Exception error);

    [LoggerMessage(106, LogLevel.Error, "The store {Store} has lost what was committed last: it was at sequence number {Known}, and is at {Position} in another history now. Subscribers were told.")]
    public static partial void WentBack(ILogger logger, string store, long known, long position);

    [LoggerMessage(107, LogLevel.Warning, "The store {Store} was closed, but could not be told that this master has left.")]
    public static partial void NotSignedOff(ILogger logger, Exception error, string store);

    [LoggerMessage(109, LogLevel.Debug, "{Count} updates wait for rows that others have locked.")]
    public static partial void Blocked(ILogger logger, int count);

    [LoggerMessage(110, LogLevel.Warning, "{Count} updates wait for a table that another session has locked as a whole. They need: {Tables}.")]
    public static partial void TableBlocked(ILogger logger, int count, Stores.Tables tables);

    [LoggerMessage(111, LogLevel.Warning, "{Count} sessions of {Store} were ended that had waited too long for a host in the middle of a transaction.")]
    public static partial void VanishedEnded(ILogger logger, long count, string store);

    [LoggerMessage(112, LogLevel.Warning, "The answer to a commit in {Store} was lost. It was looked up whether the commit is in: {IsIn}.")]
    public static partial void OutcomeFound(ILogger logger, string store, bool isIn);

    [LoggerMessage(113, LogLevel.Warning, "A connection to {Store} does not answer, and the server could not be asked about it.")]
    public static partial void NotAnswered(ILogger logger, Exception error, string store);

    [LoggerMessage(114, LogLevel.Debug, "Other masters of {Store} could not be notified. They find new events when they look for them.")]
    public static partial void NotNotified(ILogger logger, Exception error, string store);

    [LoggerMessage(108, LogLevel.Warning, "Events of {Store} could not be read; they are announced when they can be.")]
    public static partial void AnnouncedLate(ILogger logger, Exception error, string store);
}
