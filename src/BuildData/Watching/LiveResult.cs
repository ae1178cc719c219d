namespace BuildData.Watching;

/// <summary>Holds the current result of a watched path, and applies events to this result. Not thread-safe.</summary>
/// <typeparam name="T">The resource type.</typeparam>
internal abstract class LiveResult<T>
    where T : class
{
    /// <summary>Gets the resources that are in the result now.</summary>
    public abstract IReadOnlyCollection<T> Current { get; }

    /// <summary>Sets the result that was read when the watch began. Called once, before <see cref="Apply"/>.</summary>
    public abstract void SetInitial(IReadOnlyList<T> initialResult);

    /// <summary>Applies an event to the result.</summary>
    /// <returns>The changes of the result; empty if the event does not change the result.</returns>
    public abstract ValueTask<IReadOnlyList<WatchChange<T>>> Apply(DataEvent e, CancellationToken cancellationToken);
}
