namespace BuildData.Torture.Handovers.Control;

/// <summary>Switches to a random thread with a constant probability at each step.</summary>
internal sealed class RandomWalkStrategy(Random random, double probability) : Strategy
{
    public override string Description => FormattableString.Invariant($"a switch at each step with probability {probability}");

    public override ControlledThread Pick(List<ControlledThread> enabled, ControlledThread? current) =>
        current is not null && enabled.Contains(current) && random.NextDouble() >= probability ? current : enabled[random.Next(enabled.Count)];

    public override void Yielded(ControlledThread thread)
    {
    }
}
