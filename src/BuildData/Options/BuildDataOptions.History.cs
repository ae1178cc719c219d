namespace BuildData;

public sealed partial class BuildDataOptions
{
    /// <summary>
    /// Gets or sets which builds are kept. If not null, this master removes older ones in the background: after it has opened the store, and
    /// then at least once an hour. Default: null, which keeps all builds.
    /// </summary>
    /// <remarks>
    /// If several masters share a store, one of them at a time removes old history. A failure is logged, and the removal is tried again later.
    /// A read-only master removes nothing.
    /// </remarks>
    public HistoryPolicy? HistoryKept { get; set; }

    /// <summary>Removes old builds in the background: sets <see cref="HistoryKept"/>.</summary>
    /// <param name="age">The time for which builds are kept after they have finished. It must be positive.</param>
    /// <param name="atLeastPerBuilder">The number of newest builds of each builder to keep, whatever their age is.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The age is not positive, or the number is negative.</exception>
    public BuildDataOptions KeepHistory(TimeSpan age, int atLeastPerBuilder = HistoryPolicy.DefaultAtLeastPerBuilder)
    {
        HistoryKept = new HistoryPolicy(age, atLeastPerBuilder);
        return this;
    }
}
