namespace BuildData.Torture.Soak.Lanes;

/// <summary>Ends what the callers of projects have left unfinished, so that it can be removed some time later.</summary>
internal sealed class JanitorLane : Lane
{
    public override string Name => "clean-ups";

    protected override double Pauses => 20;

    protected override async Task Act(SoakWorld world, Random random, CancellationToken end)
    {
        long before = (DateTimeOffset.UtcNow - (world.Settings.Age / 2)).ToUnixTimeSeconds();
        foreach (Build build in await world.Data.GetAll<Build>($"/builds?complete=no&started_at__lt={before}", cancellationToken: end))
            await world.Updates.FinishBuild(build.BuildId, BuildResult.Retry, cancellationToken: end);
        foreach (BuildRequest request in await world.Data.GetAll<BuildRequest>($"/buildrequests?complete=no&submitted_at__lt={before}", cancellationToken: end))
            await world.Updates.CompleteBuildRequests([request.BuildRequestId], BuildResult.Cancelled, cancellationToken: end);
    }
}
