using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace BuildData.Torture.Running;

/// <summary>Collects what a program logs as errors. Can be used from any thread.</summary>
internal sealed class LoggedErrors : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _messages = [];

    /// <summary>Returns the errors since the last call, one in a line; empty if there are none.</summary>
    public string Take()
    {
        if (_messages.IsEmpty)
            return "";
        string[] all = [.. _messages];
        _messages.Clear();
        return string.Join('\n', all);
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public ILogger CreateLogger(string categoryName) => this;

    public void Dispose()
    {
    }

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            _messages.Enqueue($"{formatter(state, exception)} {exception}");
    }
}
