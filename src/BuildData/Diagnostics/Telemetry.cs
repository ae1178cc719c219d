using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BuildData;

/// <summary>What one master tells of itself: a log, measurements and traces. Where nobody listens they cost next to nothing.</summary>
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

    // A factory keeps its meters, and with them what they observe, for longer than a master may be there.
    private volatile Func<(int Count, int Lag)>? _backlog;
    private volatile Func<int>? _depth;
    private volatile Func<long>? _logSize;
    private readonly DeferredLog _deferred;

    public Telemetry(ILoggerFactory? loggers, IMeterFactory? meters)
    {
        Logger = loggers is null ? NullLogger.Instance : new GuardedLogger(loggers.CreateLogger(Name));
        _deferred = new DeferredLog(Logger);
        _meter = meters?.Create(Name) ?? new Meter(Name);
        _updates = _meter.CreateHistogram<double>("builddata.update.duration", "s", "How long updates took, from the call to the commit.");
        _queries = _meter.CreateHistogram<double>("builddata.query.duration", "s", "How long queries took.");
        _batches = _meter.CreateHistogram<int>("builddata.batch.size", "{update}", "How many updates shared a transaction.");
        _events = _meter.CreateCounter<long>("builddata.events", "{event}", "Events announced.");
        _blocked = _meter.CreateCounter<long>("builddata.updates.blocked", "{update}", "Updates that had to wait because others had locked what they need.");
        _lagged = _meter.CreateCounter<long>("builddata.subscriber.lagged", "{subscriber}", "Subscribers that fell too far behind.");
    }

    public ILogger Logger { get; }

    /// <summary>Whether anybody wants to know of updates one by one.</summary>
    public bool TracesUpdates => _updates.Enabled || _activities.HasListeners();

    /// <summary>Whether anybody wants to know of queries one by one.</summary>
    public bool TracesQueries => _queries.Enabled || _activities.HasListeners();

    /// <summary>Measures how far behind subscribers are.</summary>
    public void Observe(Func<(int Count, int Lag)> backlog)
    {
        _backlog = backlog;
        Observe("builddata.subscribers", () => _backlog?.Invoke().Count, "{subscriber}", "Subscribers there are.");
        Observe("builddata.subscriber.lag", () => _backlog?.Invoke().Lag, "{event}", "Events that wait for the subscriber that is furthest behind.");
    }

    /// <summary>Measures how many updates wait.</summary>
    public void ObserveQueue(Func<int> depth)
    {
        _depth = depth;
        Observe("builddata.queue.depth", () => _depth?.Invoke(), "{update}", "Updates that wait to be taken up.");
    }

    /// <summary>Measures the size of a store's log.</summary>
    public void ObserveLog(Func<long> size)
    {
        _logSize = size;
        _meter.CreateObservableGauge<long>(
            "builddata.log.size", () => _logSize?.Invoke() is { } now ? [new Measurement<long>(now)] : [], "By", "The size of the write-ahead log.");
    }

    /// <summary>Logs from a thread that must not wait for the host's logger: the logger may wait for what this thread does.</summary>
    public void LogLater<T>(Action<ILogger, T> write, T state) => _deferred.Add(write, state);

    /// <summary>Waits until everything is logged.</summary>
    public Task Flush() => _deferred.Flush();

    /// <summary>Traces one update.</summary>
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
            Tell(static it => it.Updates.Record(it.Seconds, it.Tags), (Updates: _updates, Seconds: Stopwatch.GetElapsedTime(start).TotalSeconds, Tags: Tags("builddata.update", name, error)));
        }
    }

    /// <summary>Traces one query.</summary>
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
            Tell(static it => it.Queries.Record(it.Seconds, it.Tags), (Queries: _queries, Seconds: Stopwatch.GetElapsedTime(start).TotalSeconds, Tags: Tags("builddata.query", query.GetType().Name, error)));
        }
    }

    public void UpdatesBlocked(int count)
    {
        if (count > 0)
            Tell(static it => it.Blocked.Add(it.Count), (Blocked: _blocked, Count: count));
    }

    public void BatchEnded(int updates) => Tell(static it => it.Batches.Record(it.Updates), (Batches: _batches, Updates: updates));

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

    public void Announced(long events) => Tell(static it => it.Events.Add(it.Count), (Events: _events, Count: events));

    public void SubscriberLagged(string pattern, long sequence)
    {
        Tell(static lagged => lagged.Add(1), _lagged);
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

    // What a listener throws must not make a change fail that is committed, and there is nobody else to tell it to.
    private static void Tell<T>(Action<T> tell, T what)
    {
        try
        {
            tell(what);
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
