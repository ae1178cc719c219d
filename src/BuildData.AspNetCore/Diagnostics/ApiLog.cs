using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BuildData.AspNetCore.Diagnostics;

/// <summary>Logs what happens in the HTTP interface.</summary>
internal static partial class ApiLog
{
    private const string Category = "BuildData.AspNetCore";

    /// <summary>Returns the logger of the program that serves a request.</summary>
    public static ILogger For(HttpContext context) => From(context.RequestServices);

    /// <summary>Returns the logger of a program.</summary>
    public static ILogger From(IServiceProvider services) => FactoryFrom(services).CreateLogger(Category);

    /// <summary>Returns the logger factory of a program, or one whose loggers log nothing.</summary>
    public static ILoggerFactory FactoryFrom(IServiceProvider services) => services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;

    [LoggerMessage(EventId = 1, EventName = "RequestFailed", Level = LogLevel.Error, Message = "The store could not serve {Method} {Path}")]
    public static partial void RequestFailed(this ILogger logger, Exception exception, string method, string? path);

    [LoggerMessage(EventId = 2, EventName = "PumpEnded", Level = LogLevel.Error, Message = "The events for WebSockets have ended. All sockets are closed")]
    public static partial void PumpEnded(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 3, EventName = "PageFailed", Level = LogLevel.Error, Message = "The dashboard could not read {Page}")]
    public static partial void PageFailed(this ILogger logger, Exception exception, object page);
}
