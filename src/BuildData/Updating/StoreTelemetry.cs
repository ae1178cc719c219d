using System.Diagnostics.CodeAnalysis;
using BuildData.Diagnostics;
using Microsoft.Extensions.Logging;

namespace BuildData.Stores;

/// <summary>Receives the measurements of a store, and writes the log messages that all stores have in common. Thread-safe.</summary>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
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

    /// <summary>
    /// Sets a function that returns the number of waiting requests. The function is called when a metrics listener collects this metric.
    /// </summary>
    public void ObserveQueue(Func<int> depth) => _telemetry.AddQueueGauge(depth);

    /// <summary>Counts updates that had to wait because other transactions had locked the rows of these updates.</summary>
    public void UpdatesBlocked(int count) => _telemetry.CountBlockedUpdates(count);

    /// <summary>Records the size of a batch of updates that has ended. If the batch has failed, logs the error.</summary>
    /// <param name="updates">The number of updates in the batch.</param>
    /// <param name="error">The error; null if the batch succeeded.</param>
    internal void BatchEnded(int updates, Exception? error)
    {
        _telemetry.RecordBatchSize(updates);
        if (error is not null)
            _telemetry.LogFailedBatch(error, updates);
    }

    /// <summary>
    /// Sets a function that returns the size of the write-ahead log, in bytes. The function is called when a metrics listener collects this
    /// metric.
    /// </summary>
    internal void ObserveWal(Func<long> size) => _telemetry.AddWalSizeGauge(size);

    /// <summary>Logs that another connection has written to the database file, and that the store has therefore cleared its cache of rows.</summary>
    internal void LogForeignCommit(string store) => _telemetry.LogLater(static (log, store) => Log.ChangedByOtherProgram(log, store), store);

    /// <summary>Logs that readers in other processes prevented the write-ahead log from being emptied.</summary>
    internal void LogWalIsTooLarge(string store, long size, long limit) =>
        _telemetry.LogLater(static (log, it) => Log.WalTooLarge(log, it.Store, it.Size, it.Limit), (Store: store, Size: size, Limit: limit));

    /// <summary>Logs that emptying the write-ahead log failed.</summary>
    internal void LogWalNotEmptied(string store, Exception error) =>
        _telemetry.LogLater(static (log, it) => Log.WalNotEmptied(log, it.Error, it.Store), (Store: store, Error: error));

    /// <summary>Logs that an open transaction of the host program has blocked the writer for a long time.</summary>
    internal void LogLongTransaction(TimeSpan time) =>
        _telemetry.LogLater(static (log, time) => Log.TransactionIsLong(log, time.TotalMilliseconds), time);
}
