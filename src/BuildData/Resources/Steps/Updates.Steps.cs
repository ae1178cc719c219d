using BuildData.Resources;
using BuildData.Resources.Builds;
using BuildData.Resources.Steps;
using BuildData.Updating;
using BuildData.Values;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>Adds a step to a build, with the state string <c>pending</c>. Announces the event <c>new</c>.</summary>
    /// <param name="buildId">The id of the build.</param>
    /// <param name="name">
    /// The step's name, an <see cref="Identifier"/>. If the build already has a step with this name, the new step gets the first unused
    /// name of <c>name_1</c>, <c>name_2</c>, and so on. If such a name would be longer than 50 characters, the part before the suffix is
    /// shortened.
    /// </param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <returns>The step's id, its number and its name.</returns>
    /// <exception cref="ArgumentException">The name is not an identifier. The message suggests a valid one.</exception>
    /// <exception cref="ResourceNotFoundException">There is no such build.</exception>
    /// <exception cref="UpdateRefusedException">The build is finished (<see cref="Lifecycle.Strict"/>).</exception>
    public Task<AddedStep> NewStep(long buildId, string name, CancellationToken cancellationToken = default)
    {
        Identifier.Check(name, nameof(name));
        return AddStep(buildId, name, title: null, nameof(NewStep), cancellationToken);
    }

    /// <summary>Adds a step to a build, with a title. Announces the event <c>new</c>.</summary>
    /// <remarks>
    /// <see cref="Identifier.Coerce"/> makes the step's name from the title. If the build already has a step with this name, the new name
    /// ends with a number, as in <see cref="NewStep"/>. Therefore steps with different titles never become one step.
    /// </remarks>
    /// <param name="buildId">The id of the build.</param>
    /// <param name="title">Any text that is not empty, such as <c>build (ubuntu-latest, 3.12)</c>.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <returns>The step's id, its number and its name.</returns>
    /// <exception cref="ResourceNotFoundException">There is no such build.</exception>
    public Task<AddedStep> NewStepFromTitle(long buildId, string title, CancellationToken cancellationToken = default)
    {
        ArgumentChecks.NotEmpty(title, nameof(title));
        return AddStep(buildId, Identifier.Coerce(title), title, nameof(NewStepFromTitle), cancellationToken);
    }

    private Task<AddedStep> AddStep(long buildId, string name, string? title, string method, CancellationToken cancellationToken) =>
        Write(
            static async (context, args) =>
            {
                CachedBuild build = await StepTable.GetBuildWithNames(context, args.buildId).ConfigureAwait(false);
                BuildRules.RequireCanAddStep(context, build.Build);
                StepNameCache names = build.StepNames!;
                var step = new Step
                {
                    BuildId = args.buildId,
                    Number = names.Count,
                    Name = await StepTable.FirstFreeName(context, names, args.buildId, args.name).ConfigureAwait(false),
                    Title = args.title,
                    StateString = StepRules.PendingState,
                };
                long stepId = await context.Session.Insert(
                    "steps",
                    "INSERT INTO steps (id, build_id, builder_id, number, name, title, complete, state_string, hidden) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, 0)",
                    step.BuildId, names.BuilderId, step.Number, step.Name, step.Title, step.StateString).ConfigureAwait(false);
                StepTable.CacheAndAnnounce(context, step with { StepId = stepId }, "new");
                context.Cache.GetPart<BuildCache>().AddStepName(build, step.Name);
                return new AddedStep(stepId, step.Number, step.Name);
            },
            (buildId, name, title),
            cancellationToken,
            static (plan, args) =>
            {
                plan.AddRowToLock(ResourceTables.Builds, args.buildId);
                plan.AddNeed(new StepNamesToPrefetch(args.buildId));
                plan.AddNewIds(ResourceTables.Steps);
            },
            method);

    /// <summary>Records the start of a step. Announces the event <c>started</c>.</summary>
    /// <param name="stepId">The id of the step.</param>
    /// <param name="startedAt">The start time. Null stands for the current time.</param>
    /// <param name="locksAcquired">Whether the step has acquired all its locks when it starts. If true, <see cref="Step.LocksAcquiredAt"/> becomes the start time.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ResourceNotFoundException">There is no such step.</exception>
    /// <exception cref="UpdateRefusedException">The step has already started, or is finished (<see cref="Lifecycle.Strict"/>).</exception>
    public Task StartStep(
        long stepId, DateTimeOffset? startedAt = null, bool locksAcquired = false, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, args) =>
            {
                Step step = await StepTable.GetForUpdate(context, args.stepId).ConfigureAwait(false);
                StepRules.RequireCanStart(context, step);
                DateTimeOffset at = args.startedAt ?? context.Now;
                step = step with { StartedAt = at, LocksAcquiredAt = args.locksAcquired ? at : step.LocksAcquiredAt };
                await StepTable.Write(
                    context, step, "started",
                    "UPDATE steps SET started_at = $2, locks_acquired_at = $3, started_at_given = $4 WHERE id = $1",
                    step.StepId, step.StartedAt, step.LocksAcquiredAt, args.startedAt is not null).ConfigureAwait(false);
                return default(NoResult);
            },
            (stepId, startedAt: Timestamp.RoundDownToMicroseconds(startedAt), locksAcquired),
            cancellationToken,
            static (plan, args) => plan.AddRowToLock(ResourceTables.Steps, args.stepId));

    /// <summary>Sets the time at which a step had acquired all its locks (<see cref="Step.LocksAcquiredAt"/>). Announces the event <c>updated</c>.</summary>
    /// <param name="stepId">The id of the step.</param>
    /// <param name="locksAcquiredAt">The time. Null stands for the current time.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ResourceNotFoundException">There is no such step.</exception>
    /// <exception cref="UpdateRefusedException">The step is finished (<see cref="Lifecycle.Strict"/>).</exception>
    public Task SetStepLocksAcquiredAt(
        long stepId, DateTimeOffset? locksAcquiredAt = null, CancellationToken cancellationToken = default) =>
        Write(
            static async (context, args) =>
            {
                Step step = await StepTable.GetForUpdate(context, args.stepId).ConfigureAwait(false);
                StepRules.RequireCanAcquireLocks(context, step);
                step = step with { LocksAcquiredAt = args.locksAcquiredAt ?? context.Now };
                await StepTable.Write(
                    context, step, "updated", "UPDATE steps SET locks_acquired_at = $2 WHERE id = $1", step.StepId, step.LocksAcquiredAt).ConfigureAwait(false);
                return default(NoResult);
            },
            (stepId, locksAcquiredAt: Timestamp.RoundDownToMicroseconds(locksAcquiredAt)),
            cancellationToken,
            static (plan, args) => plan.AddRowToLock(ResourceTables.Steps, args.stepId));

    /// <summary>Sets a step's state string, a short text that describes the step's current activity. Announces the event <c>updated</c>.</summary>
    /// <param name="stepId">The id of the step.</param>
    /// <param name="stateString">A text that fits on one line and begins with the state.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ResourceNotFoundException">There is no such step.</exception>
    public Task SetStepStateString(long stepId, string stateString, CancellationToken cancellationToken = default)
    {
        UnicodeText.Check(stateString, nameof(stateString));
        return Write(
            static async (context, args) =>
            {
                Step step = await StepTable.GetForUpdate(context, args.stepId).ConfigureAwait(false);
                step = step with { StateString = args.stateString };
                await StepTable.Write(
                    context, step, "updated", "UPDATE steps SET state_string = $2 WHERE id = $1", step.StepId, step.StateString).ConfigureAwait(false);
                return default(NoResult);
            },
            (stepId, stateString),
            cancellationToken,
            static (plan, args) => plan.AddRowToLock(ResourceTables.Steps, args.stepId));
    }

    /// <summary>
    /// Adds a link to a step. Does not add the link if the step already has the same link. Announces the event <c>updated</c> in both
    /// cases.
    /// </summary>
    /// <param name="stepId">The id of the step.</param>
    /// <param name="name">The link's text.</param>
    /// <param name="url">The link's address.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
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
                {
                    StepTable.AnnounceUnchanged(context, step, "updated");
                    return default(NoResult);
                }

                step = step with { Urls = new EquatableList<StepUrl>([.. step.Urls, args.url]) };
                await StepTable.Write(
                    context, step, "updated", "UPDATE steps SET urls = $2 WHERE id = $1", step.StepId, StepUrlsSerializer.Write(step.Urls)).ConfigureAwait(false);
                return default(NoResult);
            },
            (stepId, url: new StepUrl(name, url)),
            cancellationToken,
            static (plan, args) => plan.AddRowToLock(ResourceTables.Steps, args.stepId));
    }

    /// <summary>
    /// Finishes a step. Announces the event <c>finished</c>. If the step has already finished, replaces its completion time, its result and
    /// its visibility, except with <see cref="Lifecycle.Strict"/>.
    /// </summary>
    /// <remarks>
    /// If no completion time is passed, and the clock now shows a time before the start of the step, the completion time is the start time. If the start time was passed to
    /// <see cref="StartStep"/>, the completion time is always the current time.
    /// </remarks>
    /// <param name="stepId">The id of the step.</param>
    /// <param name="results">The result of the step.</param>
    /// <param name="hidden">Whether user interfaces should hide the step.</param>
    /// <param name="completeAt">The completion time. Null stands for the current time.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="results"/> is not a result code.</exception>
    /// <exception cref="ResourceNotFoundException">There is no such step.</exception>
    /// <exception cref="UpdateRefusedException">The step has already finished with another result or visibility (<see cref="Lifecycle.Strict"/>).</exception>
    public Task FinishStep(long stepId, BuildResult results, bool hidden = false, DateTimeOffset? completeAt = null, CancellationToken cancellationToken = default)
    {
        ArgumentChecks.Result(results, nameof(results));
        return Write(
            static async (context, args) =>
            {
                Step step = await StepTable.GetForUpdate(context, args.stepId).ConfigureAwait(false);
                if (!StepRules.RequireCanFinish(context, step, args.results, args.hidden))
                    return default(NoResult);

                DateTimeOffset completeAt = args.completeAt ?? await StepTable.GetEndTime(context, step).ConfigureAwait(false);
                await StepTable.Finish(
                    context,
                    step with { Complete = true, CompleteAt = completeAt, Results = args.results, Hidden = args.hidden }).ConfigureAwait(false);
                return default(NoResult);
            },
            (stepId, results, hidden, completeAt: Timestamp.RoundDownToMicroseconds(completeAt)),
            cancellationToken,
            static (plan, args) => plan.AddRowToLock(ResourceTables.Steps, args.stepId));
    }
}
