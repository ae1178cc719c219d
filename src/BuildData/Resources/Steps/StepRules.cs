using BuildData.Stores;

namespace BuildData.Resources.Steps;

/// <summary>Refuses updates that do not fit the state of a step.</summary>
internal static class StepRules
{
    public const string PendingState = "pending";

    private const string FinishedState = "finished";

    /// <summary>Checks whether a step can start.</summary>
    /// <exception cref="UpdateRefusedException">The step has already started, or is finished.</exception>
    public static void RequireCanStart(UpdateContext context, Step step)
    {
        if (context.Options.Lifecycle != Lifecycle.Strict)
            return;
        if (step.Complete)
            throw Refuse(step, "is finished, so it can't start.");
        if (step.StartedAt is not null)
            throw Refuse(step, "has already started.");
    }

    /// <summary>Checks whether the time at which a step acquired its locks can be set.</summary>
    /// <exception cref="UpdateRefusedException">The step is finished.</exception>
    public static void RequireCanAcquireLocks(UpdateContext context, Step step)
    {
        if (context.Options.Lifecycle == Lifecycle.Strict && step.Complete)
            throw Refuse(step, "is finished, so it can't acquire locks.");
    }

    /// <summary>Checks whether a step can finish with a result and a visibility.</summary>
    /// <returns>False if the step has already finished with the same result and visibility. Then the update changes nothing.</returns>
    /// <exception cref="UpdateRefusedException">The step has already finished with another result or visibility.</exception>
    public static bool RequireCanFinish(UpdateContext context, Step step, BuildResult results, bool hidden)
    {
        if (context.Options.Lifecycle != Lifecycle.Strict || !step.Complete)
            return true;
        if (step.Results != results)
            throw Refuse(step, $"has already finished with the result {step.Results}, so it can't finish with {results}.");
        return step.Hidden == hidden ? false : throw Refuse(step, "has already finished with another visibility.");
    }

    /// <summary>
    /// Returns the state string of a step that finishes. If the host program has not set a state string, the result is <c>finished</c>
    /// instead of <c>pending</c>.
    /// </summary>
    public static string StateStringAtFinish(UpdateContext context, Step step) =>
        context.Options.Lifecycle == Lifecycle.Strict && step.StateString == PendingState ? FinishedState : step.StateString;

    private static UpdateRefusedException Refuse(Step step, string reason) =>
        new(StepDefinition.Instance.Kind, step.StepId, $"The step {step.StepId} ('{step.Name}') {reason}");
}
