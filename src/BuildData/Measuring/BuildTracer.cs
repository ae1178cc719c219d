using System.Diagnostics;
using System.Globalization;
using BuildData.Diagnostics;
using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Measuring;

/// <summary>Traces finished builds: an activity for each build, with a child for each of its steps.</summary>
internal sealed class BuildTracer(IStore store, string masterName) : IDisposable
{
    /// <summary>The largest number of steps that one trace contains.</summary>
    public const int MaxSteps = 1_000;

    private readonly ActivitySource _source = InstrumentationScope.CreateActivitySource(BuildDataInstrumentation.BuildsActivitySourceName, masterName);

    /// <summary>Traces a build, if the activity source has a listener.</summary>
    /// <param name="build">The build, which is complete.</param>
    /// <param name="builder">The name of the build's builder.</param>
    /// <param name="cancellationToken">Cancels the read of the steps.</param>
    public async ValueTask Trace(Build build, string builder, CancellationToken cancellationToken)
    {
        if (Start(build, builder) is not { } root)
            return;

        try
        {
            if (root.IsAllDataRequested)
                await AddSteps(root, build, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            root.SetEndTime(build.CompleteAt!.Value.UtcDateTime);
            root.Stop();
        }
    }

    public void Dispose() => _source.Dispose();

    private Activity? Start(Build build, string builder)
    {
        // Without listeners, not even the tags are created.
        if (!_source.HasListeners())
            return null;

        TagList tags = new()
        {
            { CicdSemanticConventions.PipelineName, builder },
            { CicdSemanticConventions.PipelineAction, "RUN" },
            { CicdSemanticConventions.RunId, IdText(build.BuildId) },
            { "builddata.build.id", build.BuildId },
            { "builddata.build.number", build.Number },
        };
        if (build.WorkerId is { } worker)
            tags.Add(CicdSemanticConventions.WorkerId, IdText(worker));

        // A build begins a trace of its own. An activity that runs here, such as one that a listener has left, is not its parent.
        Activity? outer = Activity.Current;
        Activity.Current = null;
        try
        {
            Activity? root = _source.StartActivity($"RUN {builder}", ActivityKind.Server, parentContext: default, tags, links: null, build.StartedAt);
            if (root is not null && build.Results is { } result)
                SetResult(root, CicdSemanticConventions.PipelineResult, result, build.StateString);
            return root;
        }
        finally
        {
            Activity.Current = outer;
        }
    }

    private async ValueTask AddSteps(Activity root, Build build, CancellationToken cancellationToken)
    {
        (List<Step> steps, long count) = await store.Read(ReadSteps, build.BuildId, cancellationToken).ConfigureAwait(false);
        foreach (Step step in steps)
            AddStep(root, build, step);
        if (count > steps.Count)
            root.SetTag("builddata.steps.omitted", count - steps.Count);
    }

    private void AddStep(Activity root, Build build, Step step)
    {
        // A step that was skipped has no start time. A step that was abandoned has no completion time, and ended with its build.
        DateTimeOffset end = step.CompleteAt ?? build.CompleteAt!.Value;
        if ((step.StartedAt ?? step.CompleteAt) is not { } start)
            return;

        TagList tags = new()
        {
            { CicdSemanticConventions.TaskName, step.Name },
            { CicdSemanticConventions.TaskRunId, IdText(step.StepId) },
            { "builddata.step.id", step.StepId },
            { "builddata.step.number", step.Number },
        };
        using Activity? activity = _source.StartActivity(step.Name, ActivityKind.Internal, root.Context, tags, links: null, start);
        if (activity is null)
            return;

        if (step.Results is { } result)
            SetResult(activity, CicdSemanticConventions.TaskRunResult, result, step.StateString);
        activity.SetEndTime(end.UtcDateTime);
    }

    private static void SetResult(Activity activity, string name, BuildResult result, string stateString)
    {
        activity.SetTag(name, CicdSemanticConventions.GetResult(result));
        activity.SetTag("builddata.result", CicdSemanticConventions.GetLibraryResult(result));
        if (CicdSemanticConventions.GetErrorType(result) is not { } error)
            return;

        activity.SetTag(CicdSemanticConventions.ErrorType, error);
        activity.SetStatus(ActivityStatusCode.Error, stateString);
    }

    private static async ValueTask<(List<Step> Steps, long Count)> ReadSteps(ReadSession session, long buildId, CancellationToken cancellationToken)
    {
        var query = new StepsOfBuild(buildId);
        List<Step> steps = await PageReader.Read(query, session, ValidatedSpec.None, new Page(MaxSteps), cancellationToken).ConfigureAwait(false);
        return (steps, steps.Count < MaxSteps ? steps.Count : await SelectStatementRunner.Count(query, session, ValidatedSpec.None, cancellationToken).ConfigureAwait(false));
    }

    private static string IdText(long id) => id.ToString(CultureInfo.InvariantCulture);
}
