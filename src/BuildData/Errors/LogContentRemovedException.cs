using System.Globalization;

namespace BuildData;

/// <summary>
/// The exception for a read of a log whose lines were removed (<see cref="BuildDataOptions.KeepLogs"/>). The log itself still exists, with the type
/// <see cref="LogType.Removed"/>.
/// </summary>
/// <remarks>If lines were removed while they were read, those that the read has returned before the exception are right.</remarks>
public sealed class LogContentRemovedException : BuildDataException
{
    internal LogContentRemovedException(long logId)
        : base(string.Create(CultureInfo.InvariantCulture, $"The lines of the log {logId} were removed.")) => LogId = logId;

    /// <summary>Gets the id of the log.</summary>
    public long LogId { get; }
}
