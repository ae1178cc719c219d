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
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "BuildData";

    private readonly ActivitySource _activities = new(Name);
    private readonly Meter _meter;
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

    public Telemetry(ILoggerFactory? loggers, IMeterFactory? meters)
    {
        Logger = loggers is null ? NullLogger.Instance : new NonThrowingLogger(loggers.CreateLogger(Name));
        _deferred = new DeferredLog(Logger);
        _meter = meters?.Create(Name) ?? new Meter(Name);
        _updates = _meter.CreateHistogram<double>("builddata.update.duration", "s", "The duration of updates, from the call to the commit.");
        _queries = _meter.CreateHistogram<double>("builddata.query.duration", "s", "The duration of queries.");
        _batches = _meter.CreateHistogram<int>("builddata.batch.size", "{update}", "The number of updates in a transaction.");
        _events = _meter.CreateCounter<long>("builddata.events", "{event}", "The number of events announced.");
        _blocked = _meter.CreateCounter<long>("builddata.updates.blocked", "{update}", "The number of updates that waited for rows locked by other transactions.");
        _lagged = _meter.CreateCounter<long>("builddata.subscriber.lagged", "{subscriber}", "The number of subscribers that fell too far behind and were ended.");
    }

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
        _meter.CreateObservableGauge<long>(
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

    /// <summary>Runs one update, measures its duration and traces it.</summary>
    /// <param name="name">The name of the update method.</param>
    /// <param name="update">Starts the update.</param>
    public async Task<TResult> RunUpdate<TResult>(string name, Func<Task<TResult>> update)
    {
        using Activity? activity = _activities.StartActivity("update " + name);
        long start = Stopwatch.GetTimestamp();
        string? error = null;
        try
        {
            return await update().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            error = SetFailed(activity, e);
            throw;
        }
        finally
        {
            Measure(static it => it.Updates.Record(it.Seconds, it.Tags), (Updates: _updates, Seconds: Stopwatch.GetElapsedTime(start).TotalSeconds, Tags: Tags("builddata.update", name, error)));
        }
    }

    /// <summary>Runs one query, measures its duration and traces it.</summary>
    /// <param name="query">The query.</param>
    /// <param name="read">Runs the query on the store.</param>
    public async ValueTask<TResult> RunQuery<TResult>(Query query, Func<ValueTask<TResult>> read)
    {
        using Activity? activity = _activities.StartActivity("query " + query.GetType().Name);
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
            Measure(static it => it.Queries.Record(it.Seconds, it.Tags), (Queries: _queries, Seconds: Stopwatch.GetElapsedTime(start).TotalSeconds, Tags: Tags("builddata.query", query.GetType().Name, error)));
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

    /// <summary>Logs that the last public event could not be read from the store. The caller repeats the read.</summary>
    public void LogFailedReadOfLastEvent(Exception error) => Log.LastEventNotRead(Logger, error);

    public void Dispose()
    {
        _measureBacklog = null;
        _measureQueue = null;
        _measureWal = null;
        _activities.Dispose();
        _meter.Dispose();
    }

    private void AddGauge(string name, Func<int?> value, string unit, string description) =>
        _meter.CreateObservableGauge<int>(name, () => value() is { } now ? [new Measurement<int>(now)] : [], unit, description);

    // A committed update must not fail because a listener throws an exception, and there is no other place to report it.
    private static void Measure<T>(Action<T> measure, T state)
    {
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

    private static string SetFailed(Activity? activity, Exception error)
    {
        activity?.SetStatus(ActivityStatusCode.Error, error.Message);
        return error.GetType().Name;
    }

    private static TagList Tags(string key, string name, string? error)
    {
        var tags = new TagList { { key, name } };
        if (error is not null)
            tags.Add("error.type", error);
        return tags;
    }
}
