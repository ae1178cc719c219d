namespace BuildData.Samples.WebHost;

/// <summary>What the program logs.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Build {Number} finished: {Results}")]
    public static partial void BuildFinished(ILogger logger, long number, BuildResult? results);

    [LoggerMessage(2, LogLevel.Warning, "Some finished builds can't be notified of")]
    public static partial void NotificationsLost(ILogger logger, Exception error);

    [LoggerMessage(3, LogLevel.Warning, "Build request {Id} could not be completed")]
    public static partial void RequestNotCompleted(ILogger logger, long id);
}
