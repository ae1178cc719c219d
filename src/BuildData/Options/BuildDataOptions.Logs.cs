namespace BuildData;

public sealed partial class BuildDataOptions
{
    /// <summary>Gets or sets where the lines of finished logs are stored. Default: null, which stores them in the database.</summary>
    public ILogChunkStore? LogStore { get; set; }

    /// <summary>
    /// Gets or sets the time for which the lines of a log are kept after the log is finished. If this option is set, the master removes older lines
    /// in the background. The logs stay, with the type <see cref="LogType.Removed"/> and their <see cref="StepLog.NumLines"/>. Default: null,
    /// which keeps the lines as long as the build.
    /// </summary>
    public TimeSpan? LogsKept
    {
        get;
        set
        {
            if (value is { } age)
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(age, TimeSpan.Zero, nameof(value));
            field = value;
        }
    }

    /// <summary>Stores the lines of finished logs outside the database: sets <see cref="LogStore"/>.</summary>
    /// <param name="store">The store.</param>
    /// <returns>These options.</returns>
    public BuildDataOptions StoreLogsIn(ILogChunkStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        LogStore = store;
        return this;
    }

    /// <summary>Removes the lines of old logs in the background: sets <see cref="LogsKept"/>.</summary>
    /// <param name="age">The time for which the lines are kept after the log is finished. The time must be positive.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The age is not positive.</exception>
    public BuildDataOptions KeepLogs(TimeSpan age)
    {
        LogsKept = age;
        return this;
    }
}
