using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace BuildData.StoreContracts;

/// <summary>Makes logger factories for the options of a master.</summary>
public static class LogCollectorExtensions
{
    /// <summary>Returns a factory whose loggers add what is logged to the collector.</summary>
    public static ILoggerFactory ToLoggerFactory(this FakeLogCollector collector) => new LoggerFactory([new FakeLoggerProvider(collector)]);

    /// <summary>Returns a factory whose loggers throw whenever something is logged.</summary>
    public static ILoggerFactory ThrowingLoggerFactory() =>
        FakeLogCollector.Create(new FakeLogCollectorOptions { OutputSink = _ => throw new InvalidOperationException("There is no room for the log.") })
            .ToLoggerFactory();
}
