namespace BuildData.Torture.Handovers.Control;

/// <summary>A thread, or a work item of the thread pool, that an <see cref="Explorer"/> runs step by step.</summary>
/// <remarks>
/// States: not started; runnable; waiting, while <see cref="Condition"/> is set; ended. Only the thread that has the turn reads or writes
/// the members.
/// </remarks>
/// <param name="explorer">The explorer.</param>
/// <param name="id">The number of the thread, in the order of creation.</param>
/// <param name="name">A name for reports.</param>
/// <param name="body">The code that the thread runs.</param>
internal sealed class ControlledThread(Explorer explorer, int id, string name, Action body)
{
    public Explorer Explorer => explorer;

    public int Id => id;

    public string Name => name;

    public Action Body => body;

    /// <summary>Gets whether the thread is a work item of the thread pool. The number of such threads that run at a time can be limited.</summary>
    public bool IsPoolItem { get; init; }

    /// <summary>Gets or sets the operating system's thread that runs this thread; null until the thread has started.</summary>
    public Carrier? Carrier { get; set; }

    /// <summary>Gets or sets the condition that the thread waits for; null while it does not wait.</summary>
    public Func<bool>? Condition { get; set; }

    /// <summary>Gets or sets the virtual time at which the wait ends even if the condition is false.</summary>
    public long Deadline { get; set; } = long.MaxValue;

    /// <summary>Gets or sets the rank among the threads. A strategy may use it.</summary>
    public double Priority { get; set; }

    /// <summary>Gets or sets the last preemption point, for reports.</summary>
    public string Place { get; set; } = "its beginning";

    /// <summary>Gets or sets the name of what the thread waits for, for reports.</summary>
    public string WaitsFor { get; set; } = "";

    public bool HasEnded { get; set; }

    /// <summary>Gets the locks that the thread holds, in the order in which it took them.</summary>
    public Stack<LockState> Locks { get; } = new();

    public override string ToString() => $"{id} ({name})";
}
