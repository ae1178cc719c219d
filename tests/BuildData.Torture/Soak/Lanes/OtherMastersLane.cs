namespace BuildData.Torture.Soak.Lanes;

/// <summary>Opens and closes other masters.</summary>
internal sealed class OtherMastersLane : Lane
{
    public override string Name => "other masters";

    protected override double Pauses => 20;

    protected override Task Act(SoakWorld world, Random random, CancellationToken end) => world.Store.UseOtherMasters(random, end);
}
