using System.Diagnostics;
using System.Diagnostics.Metrics;
using BuildData.Diagnostics;

namespace BuildData.Measuring;

/// <summary>Records measurements of builds. One thread records, and the threads of listeners read the gauges.</summary>
/// <remarks>
/// A meter factory keeps its meters after the master is disposed. So the gauges still exist then, but report nothing after
/// <see cref="Dispose"/>.
/// </remarks>
internal sealed class BuildMeter : IDisposable
{
    private readonly CountsByBuilder _running = new();
    private readonly CountsByBuilder _waiting = new();
    private readonly Dictionary<long, int> _buildsOfWorkers = [];
    private readonly Histogram<double> _durations;
    private readonly Counter<long> _errors;
    private volatile int _busyWorkers;
    private volatile bool _isDisposed;

    public BuildMeter(Meter meter)
    {
        _durations = meter.CreateHistogram(
            "cicd.pipeline.run.duration", "s", "The duration of builds, and the time before them in the queue.", tags: null, HistogramBuckets.Builds);
        _errors = meter.CreateCounter<long>("cicd.pipeline.run.errors", "{error}", "The number of errors in builds.");
        meter.CreateObservableUpDownCounter(
            "cicd.pipeline.run.active",
            () => Read(() => _running.Measure(static builder => [new(CicdSemanticConventions.PipelineName, builder), new(CicdSemanticConventions.RunState, CicdSemanticConventions.Executing)])),
            "{run}",
            "The number of builds that run.");
        meter.CreateObservableUpDownCounter(
            "cicd.worker.count",
            () => Read(() => [new Measurement<int>(_busyWorkers, new KeyValuePair<string, object?>(CicdSemanticConventions.WorkerState, CicdSemanticConventions.Busy))]),
            "{count}",
            "The number of workers that run builds.");
        meter.CreateObservableGauge(
            "builddata.buildrequests.waiting",
            () => Read(() => _waiting.Measure(static builder => [new(CicdSemanticConventions.PipelineName, builder)])),
            "{request}",
            "The number of build requests in the store that no master has claimed.");
    }

    /// <summary>Records that a build has started.</summary>
    /// <param name="build">The build.</param>
    /// <param name="queueTime">How long the build's request has waited; null if that is unknown.</param>
    public void AddStarted(RunningBuild build, TimeSpan? queueTime)
    {
        AddRunning(build);
        if (queueTime is { } time)
            Record(time, new TagList { { CicdSemanticConventions.PipelineName, build.Builder }, { CicdSemanticConventions.RunState, CicdSemanticConventions.Pending } });
    }

    /// <summary>Counts a build that was already running.</summary>
    public void AddRunning(RunningBuild build)
    {
        _running.Add(build.Builder, 1);
        if (build.WorkerId is { } worker)
        {
            _buildsOfWorkers[worker] = _buildsOfWorkers.GetValueOrDefault(worker) + 1;
            _busyWorkers = _buildsOfWorkers.Count;
        }
    }

    /// <summary>Removes a build that does not run any more, without a measurement of its duration.</summary>
    public void RemoveRunning(RunningBuild build)
    {
        _running.Add(build.Builder, -1);
        if (build.WorkerId is not { } worker)
            return;

        if (--_buildsOfWorkers[worker] == 0)
            _buildsOfWorkers.Remove(worker);
        _busyWorkers = _buildsOfWorkers.Count;
    }

    /// <summary>Records that a build has finished.</summary>
    /// <param name="build">The build as <see cref="BuildTracker"/> knows it.</param>
    /// <param name="duration">How long the build ran.</param>
    /// <param name="result">The result of the build.</param>
    /// <param name="failedSteps">The results of the steps that failed.</param>
    public void AddFinished(RunningBuild build, TimeSpan duration, BuildResult result, IReadOnlyCollection<BuildResult> failedSteps)
    {
        RemoveRunning(build);
        string? error = CicdSemanticConventions.GetErrorType(result);
        var tags = new TagList
        {
            { CicdSemanticConventions.PipelineName, build.Builder },
            { CicdSemanticConventions.RunState, CicdSemanticConventions.Executing },
            { CicdSemanticConventions.PipelineResult, CicdSemanticConventions.GetResult(result) },
        };
        if (error is not null)
            tags.Add(CicdSemanticConventions.ErrorType, error);
        Record(duration, tags);

        // A host can fail a build because of something that is no step, such as a worker that was lost.
        if (failedSteps.Count == 0 && error is not null)
            CountErrors(build.Builder, error, 1);
        foreach (IGrouping<string, BuildResult> errors in failedSteps.GroupBy(step => CicdSemanticConventions.GetErrorType(step)!, StringComparer.Ordinal))
            CountErrors(build.Builder, errors.Key, errors.Count());
    }

    /// <summary>Changes the number of waiting build requests of a builder.</summary>
    /// <param name="builder">The name of the builder.</param>
    /// <param name="change">1 or -1.</param>
    public void ChangeWaiting(string builder, int change) => _waiting.Add(builder, change);

    /// <summary>Replaces the numbers of waiting build requests.</summary>
    /// <param name="builders">The name of the builder of each waiting request.</param>
    public void ReplaceWaiting(IEnumerable<string> builders) => _waiting.Replace(builders);

    public void Dispose() => _isDisposed = true;

    private IEnumerable<Measurement<int>> Read(Func<IReadOnlyList<Measurement<int>>> read) => _isDisposed ? [] : read();

    private void Record(TimeSpan duration, TagList tags) =>
        Telemetry.Measure(static it => it.Durations.Record(it.Seconds, it.Tags), (Durations: _durations, Seconds: Math.Max(0, duration.TotalSeconds), Tags: tags));

    private void CountErrors(string builder, string error, int count) =>
        Telemetry.Measure(
            static it => it.Errors.Add(it.Count, it.Tags),
            (Errors: _errors, Count: count, Tags: new TagList { { CicdSemanticConventions.PipelineName, builder }, { CicdSemanticConventions.ErrorType, error } }));
}
