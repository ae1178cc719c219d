using BuildData.Resources.Steps;
using BuildData.Updating;
using BuildData.Values;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>Adds a step to a build, in the state <c>pending</c>. Announced as <c>new</c>.</summary>
    /// <param name="buildId">The build.</param>
    /// <param name="name">
    /// The step's name, an <see cref="Identifier"/>. If the build already has it, the step is called by the first free of
    /// <c>name_1</c>, <c>name_2</c>, …, the name cut so that the whole fits in 50 characters.
    /// </param>
    /// <param name="cancellationToken">Cancels the update until it is taken up.</param>
    /// <exception cref="ArgumentException">The name is no identifier; the message says one that is.</exception>
    /// <exception cref="ResourceNotFoundException">There is no such build.</exception>
    public Task<AddedStep> NewStep(long buildId, string name, CancellationToken cancellationToken = default)
    {
        Identifier.Check(name, nameof(name));
        return Write(
            static async (context, args) =>
            {
                StepNames names = await StepTable.Names(context, args.buildId).ConfigureAwait(false);
                var step = new Step
                {
                    BuildId = args.buildId,
                    Number = names.Count,
                    Name = await StepTable.FirstFreeName(context, names, args.buildId, args.name).ConfigureAwait(false),
                    StateString = "pending",
                };
                step = await StepTable.Insert(context, step, names.BuilderId).ConfigureAwait(false);
                context.Cache.AddName(names, step.Name);
                return new AddedStep(step.StepId, step.Number, step.Name);
            },
            (buildId, name),
            cancellationToken,
            static (plan, args) => plan.AddStep(args.buildId));
    }

    /// <summary>Says that a step has begun. Announced as <c>started</c>.</summary>
    /// <param name="stepId">The step.</param>
    /// <param name="startedAt">When it began; now, if not given.</param>
    /// <param name="locksAcquired">Whether it has all its locks by then too.</param>
    /// <param name="cancellationToken">Cancels the update until it is taken up.</param>
    /// <exception cref="ResourceNotFoundException">There is no such step.</exception>
    public Task StartStep(
        long stepId, DateTimeOffset? startedAt = null, bool locksAcquired = false, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, args) =>
            {
                Step step = await StepTable.GetForUpdate(context, args.stepId).ConfigureAwait(false);
                DateTimeOffset at = args.startedAt ?? context.Now;
                await StepTable.Start(
                    context,
                    step with { StartedAt = at, LocksAcquiredAt = args.locksAcquired ? at : step.LocksAcquiredAt },
                    startIsGiven: args.startedAt is not null).ConfigureAwait(false);
                return default(NoResult);
            },
            (stepId, startedAt: Timestamp.Stored(startedAt), locksAcquired),
            cancellationToken,
            static (plan, args) => plan.Step(args.stepId));

    /// <summary>Says that a step has all its locks. Announced as <c>updated</c>.</summary>
    /// <param name="stepId">The step.</param>
    /// <param name="locksAcquiredAt">Since when; now, if not given.</param>
    /// <param name="cancellationToken">Cancels the update until it is taken up.</param>
    /// <exception cref="ResourceNotFoundException">There is no such step.</exception>
    public Task SetStepLocksAcquiredAt(
        long stepId, DateTimeOffset? locksAcquiredAt = null, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, args) =>
            {
                Step step = await StepTable.GetForUpdate(context, args.stepId).ConfigureAwait(false);
                await StepTable.SetLocksAcquiredAt(
                    context, step with { LocksAcquiredAt = args.locksAcquiredAt ?? context.Now }).ConfigureAwait(false);
                return default(NoResult);
            },
            (stepId, locksAcquiredAt: Timestamp.Stored(locksAcquiredAt)),
            cancellationToken,
            static (plan, args) => plan.Step(args.stepId));

    /// <summary>Says what a step is doing. Announced as <c>updated</c>.</summary>
    /// <param name="stepId">The step.</param>
    /// <param name="stateString">Text for one line; its first word or phrase says the state.</param>
    /// <param name="cancellationToken">Cancels the update until it is taken up.</param>
    /// <exception cref="ResourceNotFoundException">There is no such step.</exception>
    public Task SetStepStateString(long stepId, string stateString, CancellationToken cancellationToken = default)
    {
        UnicodeText.Check(stateString, nameof(stateString));
        return Write(
            static async (context, args) =>
            {
                Step step = await StepTable.GetForUpdate(context, args.stepId).ConfigureAwait(false);
                await StepTable.SetStateString(context, step with { StateString = args.stateString }).ConfigureAwait(false);
                return default(NoResult);
            },
            (stepId, stateString),
            cancellationToken,
            static (plan, args) => plan.Step(args.stepId));
    }

    /// <summary>Adds a link to a step, unless it has the same one. Announced as <c>updated</c> in either case.</summary>
    /// <param name="stepId">The step.</param>
    /// <param name="name">What the link is shown as.</param>
    /// <param name="url">Where it leads.</param>
    /// <param name="cancellationToken">Cancels the update until it is taken up.</param>
    /// <exception cref="ResourceNotFoundException">There is no such step.</exception>
    public Task AddStepUrl(long stepId, string name, string url, CancellationToken cancellationToken = default)
    {
        UnicodeText.Check(name, nameof(name));
        UnicodeText.Check(url, nameof(url));
        return Write(
            static async (context, args) =>
            {
                Step step = await StepTable.GetForUpdate(context, args.stepId).ConfigureAwait(false);
                if (step.Urls.Contains(args.url))
                    StepTable.Unchanged(context, step, "updated");
                else
                    await StepTable.SetUrls(context, step with { Urls = new ValueList<StepUrl>([.. step.Urls, args.url]) }).ConfigureAwait(false);
                return default(NoResult);
            },
            (stepId, url: new StepUrl(name, url)),
            cancellationToken,
            static (plan, args) => plan.Step(args.stepId));
    }

    /// <summary>Finishes a step, now. A later call overwrites. Announced as <c>finished</c>.</summary>
    /// <remarks>
    /// If the clock has been set back since the step was started, the step ends when it began, unless the caller gave its start.
    /// </remarks>
    /// <param name="stepId">The step.</param>
    /// <param name="results">How it ended.</param>
    /// <param name="hidden">Whether it is not to be displayed.</param>
    /// <param name="cancellationToken">Cancels the update until it is taken up.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="results"/> is no result code.</exception>
    /// <exception cref="ResourceNotFoundException">There is no such step.</exception>
    public Task FinishStep(long stepId, BuildResult results, bool hidden = false, CancellationToken cancellationToken = default)
    {
        ArgumentChecks.Result(results, nameof(results));
        return Write(
            static async (context, args) =>
            {
                Step step = await StepTable.GetForUpdate(context, args.stepId).ConfigureAwait(false);
                DateTimeOffset completeAt = await StepTable.End(context, step).ConfigureAwait(false);
                await StepTable.Finish(
                    context,
                    step with { Complete = true, CompleteAt = completeAt, Results = args.results, Hidden = args.hidden }).ConfigureAwait(false);
                return default(NoResult);
            },
            (stepId, results, hidden),
            cancellationToken,
            static (plan, args) => plan.Step(args.stepId));
    }
}
