namespace BuildData;

public sealed partial class BuildDataOptions
{
    /// <summary>
    /// Gets or sets which builds are kept. If this option is set, the master removes all other builds in the background: after it has
    /// opened the store, and then at least once an hour. Default: null, which keeps all builds.
    /// </summary>
    /// <remarks>
    /// If several masters share a store, only one of them at a time removes builds. If a removal fails, the master logs the error, and
    /// tries again later. A read-only master removes nothing.
    /// </remarks>
    public HistoryPolicy? HistoryKept { get; set; }

    /// <summary>Removes old builds in the background: sets <see cref="HistoryKept"/>.</summary>
    /// <param name="age">The time for which builds are kept after they have finished. The time must be positive.</param>
    /// <param name="atLeastPerBuilder">How many of the newest builds of each builder are kept, whatever their age is.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The age is not positive, or the number is negative.</exception>
    public BuildDataOptions KeepHistory(TimeSpan age, int atLeastPerBuilder = HistoryPolicy.DefaultAtLeastPerBuilder)
    {
        HistoryKept = new HistoryPolicy(age, atLeastPerBuilder);
        return this;
    }
}
