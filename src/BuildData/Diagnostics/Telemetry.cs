using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BuildData.Diagnostics;

/// <summary>
/// Provides the log, the metrics and the traces of one master. Metrics and traces cost almost nothing without a listener. Thread-safe.
/// </summary>
internal sealed class Telemetry : IDisposable
{
    private const string LogCategory = "BuildData";
    private const string OperationTag = "builddata.operation.name";

    private readonly ActivitySource _activities;
    private readonly Histogram<double> _updates;
    private readonly Histogram<double> _queries;
    private readonly Histogram<int> _batches;
    private readonly Counter<long> _events;
    private readonly Counter<long> _lagged;
    private readonly Counter<long> _blocked;

    // A meter factory keeps its meters alive, and the meters keep the objects that these functions use alive. Therefore Dispose sets these
    // fields to null.
    private volatile Func<(int Subscribers, int LargestBacklog)>? _measureBacklog;
    private volatile Func<int>? _measureQueue;
    private volatile Func<long>? _measureWal;
    private readonly DeferredLog _deferred;

    public Telemetry(ILoggerFactory? loggers, IMeterFactory? meters, string masterName)
    {
        Logger = loggers is null ? NullLogger.Instance : new NonThrowingLogger(loggers.CreateLogger(LogCategory));
        _deferred = new DeferredLog(Logger);
        _activities = InstrumentationScope.CreateActivitySource(BuildDataInstrumentation.ActivitySourceName, masterName);
        Meter = InstrumentationScope.CreateMeter(meters, masterName);
        _updates = Meter.CreateHistogram("builddata.update.duration", "s", "The duration of updates, from the call to the commit.", tags: null, HistogramBuckets.Operations);
        _queries = Meter.CreateHistogram("builddata.query.duration", "s", "The duration of queries.", tags: null, HistogramBuckets.Operations);
        _batches = Meter.CreateHistogram("builddata.batch.size", "{update}", "The number of updates in a transaction.", tags: null, HistogramBuckets.BatchSizes);
        _events = Meter.CreateCounter<long>("builddata.events", "{event}", "The number of events announced.");
        _blocked = Meter.CreateCounter<long>("builddata.updates.blocked", "{update}", "The number of updates that waited for rows locked by other transactions.");
        _lagged = Meter.CreateCounter<long>("builddata.subscriber.lagged", "{subscriber}", "The number of subscribers that fell too far behind and were ended.");
    }

    /// <summary>Gets the meter of this master.</summary>
    public Meter Meter { get; }

    /// <summary>
    /// Gets the logger of the host program, inside a <see cref="NonThrowingLogger"/>. Therefore a log entry that can't be written causes no
    /// exception.
    /// </summary>
    public ILogger Logger { get; }

    /// <summary>
    /// Gets whether a listener measures or traces updates. If not, the caller can run updates without <see cref="RunUpdate"/>.
    /// </summary>
    public bool MeasuresUpdates => _updates.Enabled || _activities.HasListeners();

    /// <summary>
    /// Gets whether a listener measures or traces queries. If not, the caller can run queries without <see cref="RunQuery"/>.
    /// </summary>
    public bool MeasuresQueries => _queries.Enabled || _activities.HasListeners();

    /// <summary>Adds two gauges: the number of subscribers, and the number of events that the slowest subscriber has not read yet.</summary>
    /// <param name="measureBacklog">
    /// Returns the number of subscriptions, and the largest number of events in the buffer of one subscription.
    /// </param>
    public void AddSubscriberGauges(Func<(int Subscribers, int LargestBacklog)> measureBacklog)
    {
        _measureBacklog = measureBacklog;
        AddGauge("builddata.subscribers", () => _measureBacklog?.Invoke().Subscribers, "{subscriber}", "The number of subscribers.");
        AddGauge("builddata.subscriber.lag", () => _measureBacklog?.Invoke().LargestBacklog, "{event}", "The number of events that the slowest subscriber has not read yet.");
    }

    /// <summary>Adds the gauge of queued updates.</summary>
    /// <param name="measureQueue">Returns the number of queued updates.</param>
    public void AddQueueGauge(Func<int> measureQueue)
    {
        _measureQueue = measureQueue;
        AddGauge("builddata.queue.depth", () => _measureQueue?.Invoke(), "{update}", "The number of queued updates.");
    }

    /// <summary>Adds the gauge of the size of SQLite's write-ahead log (WAL).</summary>
    /// <param name="measureWal">Returns the size in bytes.</param>
    public void AddWalSizeGauge(Func<long> measureWal)
    {
        _measureWal = measureWal;
        Meter.CreateObservableGauge<long>(
            "builddata.log.size", () => _measureWal?.Invoke() is { } now ? [new Measurement<long>(now)] : [], "By", "The size of the write-ahead log.");
    }

    /// <summary>
    /// Queues a log entry. A thread of the thread pool writes the entry later. Threads that must not wait for the logger of the host program
    /// use this method. See <see cref="DeferredLog"/> for the reason.
    /// </summary>
    /// <param name="write">Writes the entry to the logger.</param>
    /// <param name="state">The argument of <paramref name="write"/>.</param>
    public void LogLater<T>(Action<ILogger, T> write, T state) => _deferred.Add(write, state);

    /// <summary>Returns a task that completes when all log entries from earlier calls of <see cref="LogLater"/> are written.</summary>
    public Task FlushLog() => _deferred.Flush();

    /// <summary>Runs one update. Measures and traces the update.</summary>
    /// <param name="name">The name of the update method.</param>
    /// <param name="update">Starts the update.</param>
    /// <param name="addArguments">Adds the ids in the arguments of the update to its activity.</param>
    /// <param name="addResult">Adds the id in the result of the update to its activity.</param>
    public async Task<TResult> RunUpdate<TResult>(
        string name, Func<Task<TResult>> update, Action<Activity>? addArguments = null, Action<Activity, TResult>? addResult = null)
    {
        using Activity? activity = Start("update", name);
        Activity? detailed = activity is { IsAllDataRequested: true } ? activity : null;
        long start = Stopwatch.GetTimestamp();
        string? error = null;
        try
        {
            if (detailed is not null)
                addArguments?.Invoke(detailed);
            TResult result = await update().ConfigureAwait(false);
            if (detailed is not null)
                addResult?.Invoke(detailed, result);
            return result;
        }
        catch (Exception e)
        {
            error = SetFailed(activity, e);
            throw;
        }
        finally
        {
            Measure(static it => it.Updates.Record(it.Seconds, it.Tags), (Updates: _updates, Seconds: Stopwatch.GetElapsedTime(start).TotalSeconds, Tags: Tags(name, error)));
        }
    }

    /// <summary>Runs one query. Measures and traces the query.</summary>
    /// <param name="endpoint">The endpoint pattern of the query.</param>
    /// <param name="query">The query.</param>
    /// <param name="read">Runs the query on the store.</param>
    public async ValueTask<TResult> RunQuery<TResult>(string endpoint, Query query, Func<ValueTask<TResult>> read)
    {
        using Activity? activity = Start("query", endpoint);
        activity?.SetTag("builddata.path", query.Path);
        long start = Stopwatch.GetTimestamp();
        string? error = null;
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            error = SetFailed(activity, e);
            throw;
        }
        finally
        {
            Measure(static it => it.Queries.Record(it.Seconds, it.Tags), (Queries: _queries, Seconds: Stopwatch.GetElapsedTime(start).TotalSeconds, Tags: Tags(endpoint, error)));
        }
    }

    /// <summary>Counts updates that had to wait for rows that other transactions had locked.</summary>
    public void CountBlockedUpdates(int count)
    {
        if (count > 0)
            Measure(static it => it.Blocked.Add(it.Count), (Blocked: _blocked, Count: count));
    }

    /// <summary>Records the number of updates in a batch that has ended.</summary>
    public void RecordBatchSize(int updates) => Measure(static it => it.Batches.Record(it.Updates), (Batches: _batches, Updates: updates));

    /// <summary>Queues a log entry about a batch that has failed. A thread of the thread pool writes the entry later.</summary>
    /// <param name="error">The error that the batch has failed with.</param>
    /// <param name="updates">The number of updates in the batch.</param>
    public void LogFailedBatch(Exception error, int updates) =>
        LogLater(
            static (log, it) =>
            {
                if (it.Error is StoreException { IsOutcomeUnknown: true })
                    Log.OutcomeUnknown(log, it.Error, it.Updates);
                else
                    Log.BatchFailed(log, it.Error, it.Updates);
            },
            (Error: error, Updates: updates));

    /// <summary>Counts published events.</summary>
    public void CountEvents(long events) => Measure(static it => it.Events.Add(it.Count), (Events: _events, Count: events));

    /// <summary>Counts and logs a subscription that has ended because its reader was too slow.</summary>
    /// <param name="pattern">The first pattern of the subscription.</param>
    /// <param name="sequence">The sequence number of the last event that the reader receives.</param>
    public void ReportLaggedSubscriber(string pattern, long sequence)
    {
        Measure(static lagged => lagged.Add(1), _lagged);
        LogLater(static (log, it) => Log.SubscriberLagged(log, it.Pattern, it.Sequence), (Pattern: pattern, Sequence: sequence));
    }

    /// <summary>Logs an exception that a callback of the host program has thrown.</summary>
    /// <param name="error">The exception.</param>
    /// <param name="path">The path of the event that the callback handled.</param>
    /// <param name="eventName">The name of the event.</param>
    /// <param name="sequence">The sequence number of the event.</param>
    public void LogFailedCallback(Exception error, string path, string eventName, long sequence) =>
        Log.CallbackFailed(Logger, error, path, eventName, sequence);

    /// <summary>
    /// Logs an exception that a callback of the host program has thrown. The callback was registered with the cancellation token of a
    /// build.
    /// </summary>
    public void LogFailedCancellationCallback(Exception error, long buildId) => Log.CancellationCallbackFailed(Logger, error, buildId);

    public void LogRecovery(int builds, int steps, int requests)
    {
        if (builds + steps + requests > 0)
            Log.WorkRecovered(Logger, builds, steps, requests);
    }

    /// <summary>Logs that the last public event could not be read from the store. The caller repeats the read.</summary>
    public void LogFailedReadOfLastEvent(Exception error) => Log.LastEventNotRead(Logger, error);

    public void Dispose()
    {
        _measureBacklog = null;
        _measureQueue = null;
        _measureWal = null;
        _activities.Dispose();
        Meter.Dispose();
    }

    private void AddGauge(string name, Func<int?> value, string unit, string description) =>
        Meter.CreateObservableGauge<int>(name, () => value() is { } now ? [new Measurement<int>(now)] : [], unit, description);

    /// <summary>Records a measurement, and ignores the exceptions of listeners.</summary>
    public static void Measure<T>(Action<T> measure, T state)
    {
        // A committed update must not fail because a listener throws an exception, and there is no other place to report it.
        try
        {
            measure(state);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception)
#pragma warning restore CA1031
        {
            return;
        }
    }

    private Activity? Start(string kind, string operation)
    {
        if (!_activities.HasListeners())
            return null;

        Activity? activity = _activities.StartActivity($"{kind} {operation}");
        activity?.SetTag(OperationTag, operation);
        return activity;
    }

    private static string SetFailed(Activity? activity, Exception error)
    {
        activity?.SetStatus(ActivityStatusCode.Error, error.Message);
        return error.GetType().Name;
    }

    private static TagList Tags(string operation, string? error)
    {
        var tags = new TagList { { OperationTag, operation } };
        if (error is not null)
            tags.Add("error.type", error);
        return tags;
    }
}
