using Microsoft.Build.Framework;

namespace BuildData.Samples.BuildLog;

/// <summary>Records a build: each event of the log becomes updates.</summary>
/// <remarks>An awaited update is on disk. If this program is killed, everything that it has awaited is in the database.</remarks>
internal sealed class BuildRecorder
{
    private readonly Updates _updates;
    private readonly long _requestId;
    private readonly Dictionary<(int Project, int Target), RunningStep> _running = [];
    private BuildResult _results = BuildResult.Success;
    private int _problems;

    private BuildRecorder(Updates updates, long requestId, AddedBuild build)
    {
        _updates = updates;
        _requestId = requestId;
        BuildId = build.BuildId;
        Number = build.Number;
    }

    /// <summary>Gets the build's id, which is unique in the database.</summary>
    public long BuildId { get; }

    /// <summary>Gets the build's number. Each builder numbers its builds from 1.</summary>
    public long Number { get; }

    /// <summary>Requests a build, claims the request, and adds the build.</summary>
    public static async Task<BuildRecorder> Begin(Updates updates, RecordedBuild log)
    {
        // Builders and workers are found by name. A name that is new is added.
        long builderId = await updates.FindBuilderId(log.Builder);
        long workerId = await updates.FindWorkerId("msbuild");

        // A buildset says what to build and why. It has one build request for each of its builders.
        (_, IReadOnlyDictionary<long, long> requests) = await updates.AddBuildset(
            scheduler: "replay",
            sourceStamps: [new SourceStampKey { Repository = log.Project, Revision = log.Revision }],
            reason: $"recorded in {RecordedBuild.FileName(log.File)}",
            properties: new() { ["targets"] = (log.TargetCount, "MSBuild") },
            builderIds: [builderId]);

        // Several masters can share a database. The one whose claim succeeds builds the request.
        BuildRequestsResult claim = await updates.ClaimBuildRequests([requests[builderId]]);
        if (!claim)
            throw new InvalidOperationException($"The build request was not claimed: {claim}");

        AddedBuild build = await updates.AddBuild(builderId, requests[builderId], workerId);
        return new BuildRecorder(updates, requests[builderId], build);
    }

    /// <summary>Records all events of the log, and finishes the build.</summary>
    public async Task Replay(RecordedBuild log, ReplayClock clock)
    {
        foreach (BuildEventArgs e in log.Events)
        {
            clock.MoveTo(e.Timestamp);
            await Record(e, clock.GetUtcNow());
        }

        // A log without an end is of a build that was interrupted.
        bool? succeeded = log.Events.OfType<BuildFinishedEventArgs>().LastOrDefault()?.Succeeded;
        await Finish(succeeded is null ? BuildResult.Exception : succeeded.Value ? BuildResult.Success : BuildResult.Failure);
    }

    private Task Record(BuildEventArgs e, DateTimeOffset now) => e switch
    {
        TargetStartedEventArgs target => StartStep(target, now),
        BuildWarningEventArgs warning =>
            AddProblem(e, BuildResult.Warnings, warning.Code, $"{warning.File}:{warning.LineNumber}"),
        BuildErrorEventArgs error =>
            AddProblem(e, BuildResult.Failure, error.Code, $"{error.File}:{error.LineNumber}"),
        TargetFinishedEventArgs target => FinishStep(target, now),
        _ => Task.CompletedTask,
    };

    private async Task StartStep(TargetStartedEventArgs target, DateTimeOffset now)
    {
        // The updates of a transaction are one change: they are all stored, or none is, and their events appear together.
        long stepId = await _updates.Transaction(async updates =>
        {
            // If the build already has a step of this name, the new step is called CoreCompile_1, CoreCompile_2, and so on.
            AddedStep step = await updates.NewStep(BuildId, Identifier.Coerce(target.TargetName));
            await updates.SetStepStateString(step.StepId, RecordedBuild.FileName(target.ProjectFile));
            await updates.StartStep(step.StepId);
            return step.StepId;
        });
        _running[Key(target)] = new RunningStep(stepId, now);
    }

    private async Task AddProblem(BuildEventArgs e, BuildResult results, string? code, string place)
    {
        _problems++;
        _results = _results.Worst(results);
        if (!_running.TryGetValue(Key(e), out RunningStep? step))
            return;

        step.Results = step.Results.Worst(results);
        await _updates.SetStepStateString(step.StepId, $"{code} {RecordedBuild.FileName(place)}".Trim());
        await AddToLog(step, $"{place} {code} {e.Message}".Trim());
        if (!string.IsNullOrEmpty(code))
            await _updates.AddStepUrl(step.StepId, code, $"https://learn.microsoft.com/search/?terms={Uri.EscapeDataString(code)}");
    }

    // A log gets whole lines. For the output of a running program, a LogWriter accepts any pieces of text.
    private async Task AddToLog(RunningStep step, string text)
    {
        step.LogId ??= (await _updates.AddLog(step.StepId, "problems")).LogId;
        await _updates.AppendLog(step.LogId.Value, text.ReplaceLineEndings("\n") + "\n");
    }

    private async Task FinishStep(TargetFinishedEventArgs target, DateTimeOffset now)
    {
        if (!_running.Remove(Key(target), out RunningStep? step))
            return;

        if (!target.Succeeded)
            step.Results = BuildResult.Failure;

        if (step.LogId is { } logId)
            await _updates.FinishLog(logId);

        // A hidden step is stored like any other. Queries leave it out with hidden=false.
        await _updates.FinishStep(step.StepId, step.Results, step.IsHidden(now));
    }

    private Task Finish(BuildResult outcome)
    {
        BuildResult results = _results.Worst(outcome);
        return _updates.Transaction(async updates =>
        {
            // Steps that still run were interrupted too.
            foreach (RunningStep step in _running.Values)
                await updates.FinishStep(step.StepId, BuildResult.Exception);

            await updates.SetBuildStateString(BuildId, $"warnings and errors: {_problems}");
            await updates.FinishBuild(BuildId, results);

            // With its last request, the buildset is complete too. An exception undoes the whole transaction.
            BuildRequestsResult completion = await updates.CompleteBuildRequests([_requestId], results);
            if (!completion)
                throw new InvalidOperationException($"The build request was not completed: {completion}");
        });
    }

    // MSBuild numbers projects and their targets, because it can run the same target of several projects at the same time.
    private static (int Project, int Target) Key(BuildEventArgs e) =>
        e.BuildEventContext is { } context ? (context.ProjectContextId, context.TargetId) : default;
}
