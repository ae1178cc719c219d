namespace BuildData.Torture.Handovers.Control;

/// <summary>
/// Runs the thread with the highest random priority, and lowers the priority of the running thread at a few random steps.
/// </summary>
/// <remarks>
/// This is probabilistic concurrency testing (Burckhardt and others, 2010). With n threads, k steps and d - 1 changes, a schedule finds a
/// fault of depth d with a probability of at least 1 / (n * k^(d-1)).
/// </remarks>
internal sealed class PriorityStrategy : Strategy
{
    /// <summary>The greatest number of changes: the preemption bound.</summary>
    public const int MaxChanges = 5;

    private readonly Random _random;
    private readonly HashSet<long> _changes = [];
    private readonly long _fairAfter;
    private long _step;
    private double _lowest;

    public PriorityStrategy(Random random, int length, int changes)
    {
        _random = random;
        for (int i = 0; i < changes; i++)
            _changes.Add(random.Next(1, Math.Max(2, length)));
        _fairAfter = 20L * Math.Max(1000, length);
        Description = $"priorities with {changes} changes";
    }

    public override string Description { get; }

    public override void Added(ControlledThread thread) => thread.Priority = 1 + _random.NextDouble();

    public override void Yielded(ControlledThread thread) => thread.Priority = --_lowest;

    public override ControlledThread Pick(List<ControlledThread> enabled, ControlledThread? current)
    {
        _step++;
        if (current is not null && _changes.Contains(_step))
            current.Priority = --_lowest;

        // With priorities alone, a loop that waits for a thread with a lower priority would never end.
        if (_step > _fairAfter)
            return enabled[_random.Next(enabled.Count)];

        ControlledThread best = enabled[0];
        foreach (ControlledThread thread in enabled)
        {
            if (thread.Priority > best.Priority)
                best = thread;
        }

        return best;
    }
}
