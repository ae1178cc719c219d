namespace BuildData.Torture.Soak.Lanes;

/// <summary>Removes old builds, beside the removal in the background that the options ask for.</summary>
internal sealed class PruneLane : Lane
{
    public override string Name => "removals";

    protected override double Pauses => 40;

    protected override async Task Act(SoakWorld world, Random random, CancellationToken end)
    {
        var policy = new HistoryPolicy(world.Settings.Age, atLeastPerBuilder: 2);
        if (random.Next(4) == 0)
            await world.Updates.Prune(policy, dryRun: true, end);
        PruneResult removed = await world.Updates.Prune(policy, cancellationToken: end);
        world.Run.Count("removed builds", removed.Builds);
    }
}
