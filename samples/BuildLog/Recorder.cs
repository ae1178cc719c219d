namespace BuildData.Samples.BuildLog;

/// <summary>Turns what a log tells into updates. The updates are durable one by one: what is told is recorded, whatever comes.</summary>
internal sealed class Recorder
{
    private readonly Updates _updates;
    private readonly long _requestId;
    private readonly Dictionary<string, List<TargetRun>> _running = [];
    private readonly Problems _problems = new();

    private Recorder(Updates updates, long requestId, AddedBuild build)
    {
        _updates = updates;
        _requestId = requestId;
        BuildId = build.BuildId;
        Number = build.Number;
    }

    public long BuildId { get; }

    /// <summary>The build's number in its builder.</summary>
    public long Number { get; }

    /// <summary>Asks for a build, takes the request up, and begins the build.</summary>
    public static async Task<Recorder> Begin(Updates updates, string builder, string reason)
    {
        long builderId = await updates.FindBuilderId(builder);
        AddedBuildset buildset = await updates.AddBuildset(scheduler: "buildlog", reason: reason, builderIds: [builderId]);
        long requestId = buildset.BuildRequestIds[builderId];
        BuildRequestsResult claim = await updates.ClaimBuildRequests([requestId]);
        if (!claim)
            throw new InvalidOperationException(claim.ToString());

        AddedBuild build = await updates.AddBuild(builderId, requestId);
        await updates.SetBuildStateString(build.BuildId, "building");
        return new Recorder(updates, requestId, build);
    }

    public Task Record(LogEvent e) => e switch
    {
        TargetStarted start => Start(start),
        TaskStarted => TaskStarts(Current(e)),
        Diagnostic problem => Add(problem, Current(e)),
        OutputMade output => Link(output, Current(e)),
        TargetEnded end => End(end),
        _ => Task.CompletedTask,
    };

    /// <summary>Ends the build, and with it its request and its buildset.</summary>
    public async Task Finish(BuildResult outcome)
    {
        // What still runs has been cut off, together with the build or by a log that ends too soon.
        foreach (TargetRun run in _running.Values.SelectMany(runs => runs))
        {
            if (run.StepId is { } stepId)
                await _updates.FinishStep(stepId, outcome.Worst(BuildResult.Exception), hidden: false);
        }

        string problems = _problems.ToString();
        string stateString = outcome is not (BuildResult.Success or BuildResult.Failure) ? "cut off"
            : problems.Length == 0 ? "no warnings"
            : problems;
        BuildResult result = outcome.Worst(_problems.HasWarnings ? BuildResult.Warnings : BuildResult.Success);
        await _updates.SetBuildStateString(BuildId, stateString);
        await _updates.FinishBuild(BuildId, result);
        await _updates.CompleteBuildRequests([_requestId], result);
    }

    private Task Start(TargetStarted start)
    {
        if (!_running.TryGetValue(start.Project, out List<TargetRun>? runs))
            _running.Add(start.Project, runs = []);
        runs.Add(new TargetRun(start));
        return Task.CompletedTask;
    }

    // Most targets run no task: they are there for the order of others, or their condition does not hold. No one misses them.
    private async Task TaskStarts(TargetRun? run)
    {
        if (run is { IsPrivate: false })
            await StepOf(run);
    }

    private async Task Add(Diagnostic problem, TargetRun? run)
    {
        _problems.Add(problem);
        if (run is null)
            return;

        run.Add(problem);
        long stepId = await StepOf(run);
        await _updates.SetStepStateString(stepId, run.StateString);
        if (problem.HelpLink is { } link)
            await _updates.AddStepUrl(stepId, problem.Code, link);
    }

    private async Task Link(OutputMade output, TargetRun? run)
    {
        if (run is null)
            return;

        string url = new UriBuilder(Uri.UriSchemeFile, "") { Path = output.File }.Uri.AbsoluteUri;
        await _updates.AddStepUrl(await StepOf(run), output.Name, url);
    }

    private async Task End(TargetEnded end)
    {
        if (!_running.TryGetValue(end.Project, out List<TargetRun>? runs) || runs.FindLast(run => run.Name == end.Target) is not { } run)
            return;

        runs.Remove(run);
        if (!end.Succeeded)
            await StepOf(run);
        if (run.StepId is { } stepId)
            await _updates.FinishStep(stepId, run.Result(end.Succeeded), hidden: false);
    }

    /// <summary>The target that a project is at. A target can call others, so the last begun is the one.</summary>
    private TargetRun? Current(LogEvent e) => _running.GetValueOrDefault(e.Project)?.LastOrDefault();

    private async Task<long> StepOf(TargetRun run)
    {
        if (run.StepId is { } known)
            return known;

        // Several projects have a target of the same name; the second's step is called name_1 then.
        AddedStep step = await _updates.NewStep(BuildId, Identifier.Coerce(run.Name));
        run.StepId = step.StepId;
        await _updates.SetStepStateString(step.StepId, run.StateString);
        await _updates.StartStep(step.StepId, run.StartedAt);
        return step.StepId;
    }
}
