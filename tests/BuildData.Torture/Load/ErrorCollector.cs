using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace BuildData.Torture.Load;

/// <summary>Keeps the errors that a program logs. Can be used from any thread.</summary>
internal sealed class ErrorCollector : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _messages = [];

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
