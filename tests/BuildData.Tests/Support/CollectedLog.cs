using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace BuildData.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class CollectedLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(string Category, int Id, LogLevel Level, string Message, Exception? Error)> _entries = new();
    private string _category = "";

    public IReadOnlyList<(string Category, int Id, LogLevel Level, string Message, Exception? Error)> Entries => [.. _entries];

    /// <summary>Called with the id of each entry.</summary>
    public Action<int>? OnEntry { get; set; }

    public ILogger CreateLogger(string categoryName)
    {
        _category = categoryName;
        return this;
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _entries.Enqueue((_category, eventId.Id, logLevel, formatter(state, exception), exception));
        OnEntry?.Invoke(eventId.Id);
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
