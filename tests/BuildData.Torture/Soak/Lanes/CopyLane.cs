namespace BuildData.Torture.Soak.Lanes;

/// <summary>Backs up and copies the store.</summary>
internal sealed class CopyLane : Lane
{
    public override string Name => "backups";

    protected override double Pauses => 100;

    protected override Task Act(SoakWorld world, Random random, CancellationToken end) => world.Store.Copy(world.Host.Master, random);
}
