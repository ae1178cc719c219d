namespace BuildData.Watching;

/// <summary>Holds the result of a watched path, and applies events to it. Not thread-safe.</summary>
internal abstract class LiveResult<T>
    where T : class
{
    /// <summary>Gets the resources that are in the result now.</summary>
    public abstract IReadOnlyCollection<T> Current { get; }

    /// <summary>Sets the result to the one that a snapshot contains.</summary>
    public abstract void SetInitial(IReadOnlyList<T> initialResult);

    /// <summary>Applies an event, and returns the changes of the result.</summary>
    public abstract ValueTask<IReadOnlyList<WatchChange<T>>> Apply(DataEvent e, CancellationToken cancellationToken);
}
