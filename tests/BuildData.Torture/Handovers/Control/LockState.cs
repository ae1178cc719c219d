namespace BuildData.Torture.Handovers.Control;

/// <summary>The owner of a lock. The thread that has the turn reads and writes it.</summary>
internal sealed class LockState
{
    public ControlledThread? Owner { get; set; }

    /// <summary>Gets or sets how often the owner has taken the lock.</summary>
    public int Depth { get; set; }

    /// <summary>Gets the threads that wait for a pulse. A pulse removes them.</summary>
    public List<ControlledThread> WaitingForPulse { get; } = [];
}
