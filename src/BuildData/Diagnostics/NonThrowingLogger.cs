using Microsoft.Extensions.Logging;

namespace BuildData.Diagnostics;

/// <summary>
/// Passes log entries to the logger of the host program, and ignores the exceptions of that logger. Otherwise an operation could fail
/// because its log entry can't be written. There is no other place to report such an exception.
/// </summary>
internal sealed class NonThrowingLogger(ILogger log) : ILogger
{
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            log.Log(logLevel, eventId, state, exception, formatter);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception)
#pragma warning restore CA1031
        {
            return;
        }
    }

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return log.IsEnabled(logLevel);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => log.BeginScope(state);
}
