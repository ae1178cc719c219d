using BuildData.Diagnostics;
using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Measuring;

/// <summary>
/// Tracks which builds of this master run, and which build requests wait. Applies snapshots and events. Reports each start and each end of
/// a build once. Not thread-safe.
/// </summary>
/// <remarks>
/// <para>The tracker reports a build as finished only if the tracker regards the build as running. Therefore, if the host finishes a build
/// twice, the tracker reports only the first call.</para>
/// <para>If a store operation fails, the state of the tracker stays as it was before the operation. The tracker then reports the missing
/// changes when it applies the next snapshot.</para>
/// </remarks>
internal sealed class BuildTracker
{
    // Limits the steps that are read for the number of errors.
    private const int MaxFailedSteps = 10_000;

    private readonly Dictionary<long, RunningBuild> _running = [];
    private readonly ReportedBuildIds _seen = new();
    private readonly IStore _store;
    private readonly string _masterName;
    private readonly BuildMeter? _meter;
    private readonly BuildTracer? _tracer;
    private readonly Telemetry _telemetry;
    private readonly BuilderNameCache _names;
    private readonly IncompleteRequestTracker _requests;
    private long _masterId;

    /// <summary>Creates the tracker of a master.</summary>
    /// <param name="store">The store.</param>
    /// <param name="masterName">The name of the master.</param>
    /// <param name="meter">Measures the builds; null if they are not measured.</param>
    /// <param name="tracer">Traces the builds; null if they are not traced.</param>
    /// <param name="telemetry">Logs errors.</param>
    public BuildTracker(IStore store, string masterName, BuildMeter? meter, BuildTracer? tracer, Telemetry telemetry)
    {
        _store = store;
        _masterName = masterName;
        _meter = meter;
        _tracer = tracer;
        _telemetry = telemetry;
        _names = new BuilderNameCache(store);
        _requests = new IncompleteRequestTracker(_names, meter);
    }

    /// <summary>Gets the arguments with which to read the next snapshot.</summary>
    public BuildSnapshot.ReadArguments NextSnapshotArguments => new(_masterName, [.. _running.Keys], _seen, ReadsRequests: _meter is not null);

    /// <summary>
    /// Forgets everything that the tracker knows, except the running builds. Called when the store may have been replaced by an older copy,
    /// because that copy may assign the same ids again. The tracker compares the running builds with the next snapshot.
    /// </summary>
    public void Restart()
    {
        _requests.Clear();
        _names.Clear();
        _seen.Clear();
    }

    /// <summary>Applies a snapshot. Reports the builds that have started or finished since the last snapshot or event.</summary>
    public async ValueTask Apply(BuildSnapshot snapshot, CancellationToken cancellationToken)
    {
        await _names.Load(
            snapshot.RunningBuilds.Concat(snapshot.NewBuilds).Select(build => build.BuilderId).Concat(snapshot.IncompleteRequests.Select(request => request.BuilderId)),
            cancellationToken).ConfigureAwait(false);
        _masterId = snapshot.MasterId;

        foreach (Build build in snapshot.KnownBuilds.Where(build => build.Complete))
            await Finish(build, cancellationToken).ConfigureAwait(false);
        foreach (Build build in snapshot.NewBuilds)
        {
            if (snapshot.RequestsOfNewBuilds.TryGetValue(build.BuildRequestId, out BuildRequest? request))
                _requests.AddIfUnknown(request);
            Start(build);
            if (build.Complete)
                await Finish(build, cancellationToken).ConfigureAwait(false);
        }

        _requests.Replace(snapshot.IncompleteRequests, isFirst: _seen.ReadBuildsAfterId is null);
        ApplyRunning(snapshot.RunningBuilds);
        _seen.SetInitialLastBuildId(snapshot.LastBuildId);
    }

    /// <summary>Applies an event.</summary>
    public async ValueTask Apply(DataEvent e, CancellationToken cancellationToken)
    {
        switch (e.Resource)
        {
            case BuildRequest request:
                await _names.Load([request.BuilderId], cancellationToken).ConfigureAwait(false);
                _requests.Apply(request, e);
                break;
            case Build build when e.Name == "new":
                await _names.Load([build.BuilderId], cancellationToken).ConfigureAwait(false);
                Start(build);
                break;
            case Build { Complete: true } build:
                await Finish(build, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private void Start(Build build)
    {
        if (build.MasterId != _masterId)
        {
            _requests.RemoveAndGetWaitStart(build.BuildRequestId);
            return;
        }

        if (!_seen.TryAdd(build.BuildId))
            return;

        DateTimeOffset? waitsSince = _requests.RemoveAndGetWaitStart(build.BuildRequestId);
        RunningBuild running = ToRunning(build);
        _running[build.BuildId] = running;
        _meter?.AddStarted(running, build.StartedAt - waitsSince);
    }

    private async ValueTask Finish(Build build, CancellationToken cancellationToken)
    {
        if (!_running.TryGetValue(build.BuildId, out RunningBuild? running) || !running.IsSameBuild(build))
            return;

        List<BuildResult> failedSteps = _meter is null ? [] : await _store.Read(ReadFailedSteps, build.BuildId, cancellationToken).ConfigureAwait(false);
        _running.Remove(build.BuildId);
        _meter?.AddFinished(running, build.CompleteAt!.Value - build.StartedAt, build.Results!.Value, failedSteps);
        if (_tracer is null)
            return;

        try
        {
            await _tracer.Trace(build, running.Builder, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The listeners of the host may throw anything. The next builds must still be traced.
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.BuildNotTraced(_telemetry.Logger, error, build.BuildId);
        }
    }

    private void ApplyRunning(IReadOnlyList<Build> builds)
    {
        Dictionary<long, Build> now = builds.ToDictionary(build => build.BuildId);

        // These builds no longer exist. Those that have finished were removed above.
        foreach (RunningBuild gone in _running.Values.Where(known => !now.TryGetValue(known.BuildId, out Build? build) || !known.IsSameBuild(build)).ToList())
        {
            _running.Remove(gone.BuildId);
            _meter?.RemoveRunning(gone);
        }

        foreach (Build build in builds)
        {
            RunningBuild running = ToRunning(build);
            _requests.RemoveAndGetWaitStart(build.BuildRequestId);
            if (_running.TryAdd(build.BuildId, running))
                _meter?.AddRunning(running);
        }
    }

    private RunningBuild ToRunning(Build build) => new(build.BuildId, _names.GetLoadedOrId(build.BuilderId), build.StartedAt, build.WorkerId);

    private static async ValueTask<List<BuildResult>> ReadFailedSteps(ReadSession session, long buildId, CancellationToken cancellationToken)
    {
        var failed = new Filter("results", FilterOperator.In, [.. CicdSemanticConventions.Errors.Select(result => (FilterValue)result)]);
        var query = new StepsOfBuild(buildId);
        ValidatedSpec spec = ValidatedSpec.Validate(new ResultSpec { Filters = [failed] }, query.Resource, isCollection: true);
        List<Step> steps = await PageReader.Read(query, session, spec, new Page(MaxFailedSteps), cancellationToken).ConfigureAwait(false);
        return [.. steps.Select(step => step.Results!.Value)];
    }
}
