namespace BuildData.Watching;

/// <summary>Holds the result of a watched path, and applies events to it. Not thread-safe.</summary>
internal abstract class LiveResult<T>
    where T : class
{
    /// <summary>Gets the resources that are in the result now.</summary>
    public abstract IReadOnlyCollection<T> Current { get; }

    /// <summary>Sets the result to the resources of a snapshot.</summary>
    public abstract void Begin(IReadOnlyList<T> first);

    /// <summary>Applies an event, and returns the changes of the result.</summary>
    public abstract ValueTask<IReadOnlyList<WatchChange<T>>> Apply(DataEvent e, CancellationToken cancellationToken);
}
