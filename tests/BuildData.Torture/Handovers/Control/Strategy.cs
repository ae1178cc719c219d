namespace BuildData.Torture.Handovers.Control;

/// <summary>Chooses the thread that runs next. All choices come from the seed of the schedule.</summary>
internal abstract class Strategy
{
    private static readonly double[] SwitchProbabilities = [0.01, 0.05, 0.2, 0.5];

    /// <summary>Gets a description for reports.</summary>
    public abstract string Description { get; }

    /// <summary>Sets the priority of a new thread.</summary>
    public virtual void Added(ControlledThread thread)
    {
    }

    /// <summary>Records that a thread waits actively, so others should run.</summary>
    public virtual void Yielded(ControlledThread thread)
    {
    }

    /// <summary>Returns one of the threads that can run.</summary>
    /// <param name="enabled">The threads that can run, ordered by number. At least one.</param>
    /// <param name="current">The thread that has the turn; null if it has ended.</param>
    public abstract ControlledThread Pick(List<ControlledThread> enabled, ControlledThread? current);

    /// <summary>Creates the strategy of a schedule.</summary>
    /// <param name="random">The random numbers of the schedule.</param>
    /// <param name="length">About how many steps a schedule of the scenario has.</param>
    public static Strategy Create(Random random, int length) =>
        random.Next(10) switch
        {
            < 6 => new PriorityStrategy(random, length, changes: random.Next(1, PriorityStrategy.MaxChanges + 1)),
            < 9 => new RandomWalkStrategy(random, SwitchProbabilities[random.Next(SwitchProbabilities.Length)]),
            _ => new PriorityStrategy(random, length, changes: 0),
        };
}
