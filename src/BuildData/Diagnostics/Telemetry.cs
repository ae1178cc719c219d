using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BuildData.Diagnostics;

/// <summary>
/// Provides the log, the metrics and the traces of one master. They cost almost nothing while nobody listens. Thread-safe.
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

    // A meter factory keeps its meters alive, and with them the observed objects. So Dispose sets these fields to null.
    private volatile Func<(int Count, int Lag)>? _backlog;
    private volatile Func<int>? _depth;
    private volatile Func<long>? _logSize;
    private readonly DeferredLog _deferred;

    public Telemetry(ILoggerFactory? loggers, IMeterFactory? meters)
    {
        Logger = loggers is null ? NullLogger.Instance : new GuardedLogger(loggers.CreateLogger(Name));
        _deferred = new DeferredLog(Logger);
        _meter = meters?.Create(Name) ?? new Meter(Name);
        _updates = _meter.CreateHistogram<double>("builddata.update.duration", "s", "The duration of updates, from the call to the commit.");
        _queries = _meter.CreateHistogram<double>("builddata.query.duration", "s", "The duration of queries.");
        _batches = _meter.CreateHistogram<int>("builddata.batch.size", "{update}", "The number of updates in a transaction.");
        _events = _meter.CreateCounter<long>("builddata.events", "{event}", "The number of events announced.");
        _blocked = _meter.CreateCounter<long>("builddata.updates.blocked", "{update}", "The number of updates that waited for rows locked by other transactions.");
        _lagged = _meter.CreateCounter<long>("builddata.subscriber.lagged", "{subscriber}", "The number of subscribers that fell too far behind and were ended.");
    }

    public ILogger Logger { get; }

    /// <summary>Gets whether a listener measures or traces updates.</summary>
    public bool TracesUpdates => _updates.Enabled || _activities.HasListeners();

    /// <summary>Gets whether a listener measures or traces queries.</summary>
    public bool TracesQueries => _queries.Enabled || _activities.HasListeners();

    /// <summary>Adds the metrics of subscribers.</summary>
    public void Observe(Func<(int Count, int Lag)> backlog)
    {
        _backlog = backlog;
        Observe("builddata.subscribers", () => _backlog?.Invoke().Count, "{subscriber}", "The number of subscribers.");
        Observe("builddata.subscriber.lag", () => _backlog?.Invoke().Lag, "{event}", "The number of events that the slowest subscriber has not read yet.");
    }

    /// <summary>Adds the metric of queued updates.</summary>
    public void ObserveQueue(Func<int> depth)
    {
        _depth = depth;
        Observe("builddata.queue.depth", () => _depth?.Invoke(), "{update}", "The number of queued updates.");
    }

    /// <summary>Adds the metric of the write-ahead log's size in bytes.</summary>
    public void ObserveLog(Func<long> size)
    {
        _logSize = size;
        _meter.CreateObservableGauge<long>(
            "builddata.log.size", () => _logSize?.Invoke() is { } now ? [new Measurement<long>(now)] : [], "By", "The size of the write-ahead log.");
    }

    /// <summary>Logs on the thread pool. For threads that must not wait for the host's logger (see <see cref="DeferredLog"/>).</summary>
    public void LogLater<T>(Action<ILogger, T> write, T state) => _deferred.Add(write, state);

    /// <summary>Returns a task that completes when all entries added by <see cref="LogLater"/> are written.</summary>
    public Task Flush() => _deferred.Flush();

    /// <summary>Runs one update, and measures and traces it.</summary>
    public async Task<TResult> Update<TResult>(string name, Func<Task<TResult>> update)
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
            error = Failed(activity, e);
            throw;
        }
        finally
        {
            Measure(static it => it.Updates.Record(it.Seconds, it.Tags), (Updates: _updates, Seconds: Stopwatch.GetElapsedTime(start).TotalSeconds, Tags: Tags("builddata.update", name, error)));
        }
    }

    /// <summary>Runs one query, and measures and traces it.</summary>
    public async ValueTask<TResult> Query<TResult>(Query query, Func<ValueTask<TResult>> read)
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
            error = Failed(activity, e);
            throw;
        }
        finally
        {
            Measure(static it => it.Queries.Record(it.Seconds, it.Tags), (Queries: _queries, Seconds: Stopwatch.GetElapsedTime(start).TotalSeconds, Tags: Tags("builddata.query", query.GetType().Name, error)));
        }
    }

    public void UpdatesBlocked(int count)
    {
        if (count > 0)
            Measure(static it => it.Blocked.Add(it.Count), (Blocked: _blocked, Count: count));
    }

    public void BatchEnded(int updates) => Measure(static it => it.Batches.Record(it.Updates), (Batches: _batches, Updates: updates));

    public void BatchFailed(Exception error, int updates) =>
        LogLater(
            static (log, it) =>
            {
                if (it.Error is StoreException { IsOutcomeUnknown: true })
                    Log.OutcomeUnknown(log, it.Error, it.Updates);
                else
                    Log.BatchFailed(log, it.Error, it.Updates);
            },
            (Error: error, Updates: updates));

    public void Announced(long events) => Measure(static it => it.Events.Add(it.Count), (Events: _events, Count: events));

    public void SubscriberLagged(string pattern, long sequence)
    {
        Measure(static lagged => lagged.Add(1), _lagged);
        LogLater(static (log, it) => Log.SubscriberLagged(log, it.Pattern, it.Sequence), (Pattern: pattern, Sequence: sequence));
    }

    public void CallbackFailed(Exception error, string path, string eventName, long sequence) =>
        Log.CallbackFailed(Logger, error, path, eventName, sequence);

    public void LastEventNotRead(Exception error) => Log.LastEventNotRead(Logger, error);

    public void Dispose()
    {
        _backlog = null;
        _depth = null;
        _logSize = null;
        _activities.Dispose();
        _meter.Dispose();
    }

    private void Observe(string name, Func<int?> value, string unit, string description) =>
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

    private static string Failed(Activity? activity, Exception error)
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
