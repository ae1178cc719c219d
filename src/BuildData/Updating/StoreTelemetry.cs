using System.Diagnostics.CodeAnalysis;
using BuildData.Diagnostics;
using Microsoft.Extensions.Logging;

namespace BuildData.Stores;

/// <summary>Receives what a store measures, and writes its standard log messages. Thread-safe.</summary>
[Experimental(Seam.DiagnosticId)]
public sealed class StoreTelemetry
{
    private readonly Telemetry _telemetry;
    private readonly string _masterName;

    internal StoreTelemetry(Telemetry telemetry, string masterName)
    {
        _telemetry = telemetry;
        _masterName = masterName;
    }

    private ILogger Logger => _telemetry.Logger;

    /// <summary>Logs that the store is open.</summary>
    /// <param name="store">The store's name: a file, or a server and a database.</param>
    /// <param name="masterId">The id of this process's master.</param>
    public void StoreOpened(string store, long masterId) => Log.StoreOpened(Logger, store, _masterName, masterId);

    /// <summary>Logs that the store is closed.</summary>
    public void StoreClosed(string store) => Log.StoreClosed(Logger, store);

    /// <summary>Logs that the schema was migrated. Logs nothing if the schema was up to date or has just been created.</summary>
    /// <param name="store">The store's name.</param>
    /// <param name="from">The version before the migration; 0 if there was no schema.</param>
    /// <param name="to">The version after the migration.</param>
    public void StoreMigrated(string store, long from, long to)
    {
        if (from is not 0 && from != to)
            Log.StoreMigrated(Logger, store, from, to);
    }

    /// <summary>Sets the function that counts the waiting requests. The meter calls it.</summary>
    public void ObserveQueue(Func<int> depth) => _telemetry.AddQueueGauge(depth);

    /// <summary>Measures updates that had to wait because other transactions had locked their rows.</summary>
    public void UpdatesBlocked(int count) => _telemetry.CountBlockedUpdates(count);

    /// <summary>Measures a batch that has ended, and logs it if it has failed.</summary>
    /// <param name="updates">The number of updates in the batch.</param>
    /// <param name="error">The error; null if the batch succeeded.</param>
    internal void BatchEnded(int updates, Exception? error)
    {
        _telemetry.RecordBatchSize(updates);
        if (error is not null)
            _telemetry.LogFailedBatch(error, updates);
    }

    /// <summary>Sets the function that measures the size of the write-ahead log, in bytes. The meter calls it.</summary>
    internal void ObserveWal(Func<long> size) => _telemetry.AddWalSizeGauge(size);

    /// <summary>Logs that another connection has written to the file, and that the cache was therefore cleared.</summary>
    internal void LogForeignCommit(string store) => _telemetry.LogLater(static (log, store) => Log.ForeignCommit(log, store), store);

    /// <summary>Logs that readers in other processes prevented the write-ahead log from being emptied.</summary>
    internal void LogWalIsTooLarge(string store, long size, long limit) =>
        _telemetry.LogLater(static (log, it) => Log.LogIsTooLarge(log, it.Store, it.Size, it.Limit), (Store: store, Size: size, Limit: limit));

    /// <summary>Logs that emptying the write-ahead log failed.</summary>
    internal void LogWalNotEmptied(string store, Exception error) =>
        _telemetry.LogLater(static (log, it) => Log.LogNotEmptied(log, it.Error, it.Store), (Store: store, Error: error));

    /// <summary>Logs that an open transaction of the host program has blocked the writer for a long time.</summary>
    internal void LogLongTransaction(TimeSpan time) =>
        _telemetry.LogLater(static (log, time) => Log.TransactionIsLong(log, time.TotalMilliseconds), time);
}
