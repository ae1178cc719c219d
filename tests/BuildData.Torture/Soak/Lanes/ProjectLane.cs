using BuildData.Torture.Load;
using BuildData.Torture.Model;
using BuildData.Torture.Running;

namespace BuildData.Torture.Soak.Lanes;

/// <summary>Runs all kinds of updates in random order, as one of the callers of a project. They leave much unfinished.</summary>
/// <param name="known">What the callers of the project know.</param>
internal sealed class ProjectLane(Known known) : Lane
{
    public override string Name => "random updates";

    protected override async Task Act(SoakWorld world, Random random, CancellationToken end)
    {
        Operation operation = OperationSource.Choose(random, known);

        // A log that this operation reads can go between its two queries. Other lanes read logs.
        if (operation is ReadLog)
            return;

        var runner = new OperationRunner(world.Host.Master);
        Outcome outcome = await world.UpdateTimes.Measure(() => runner.Run(operation, CancellationToken.None));
        if (outcome.Kind is OutcomeKind.Failed or OutcomeKind.Unknown)
            throw new ViolationException($"Nothing is wrong with the store, but {operation} failed: {outcome.Message}");
        known.Learn(operation, outcome);
    }
}
