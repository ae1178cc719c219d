namespace BuildData.Watching;

/// <summary>What a watched path's answer is, event by event.</summary>
internal abstract class LiveResult<T>
    where T : class
{
    /// <summary>The resources that belong to it.</summary>
    public abstract IReadOnlyCollection<T> Current { get; }

    /// <summary>Begins with what a snapshot has.</summary>
    public abstract void Begin(IReadOnlyList<T> first);

    /// <summary>What an event changes.</summary>
    public abstract ValueTask<IReadOnlyList<WatchChange<T>>> Apply(DataEvent e, CancellationToken cancellationToken);
}
