namespace BuildData;

public sealed partial class BuildDataOptions
{
    /// <summary>
    /// Gets or sets which updates the master refuses because they do not fit the state of a build request, a build or a step. All masters
    /// that share a store should use the same rules. Default: <see cref="Lifecycle.Lenient"/>.
    /// </summary>
    public Lifecycle Lifecycle { get; set; } = Lifecycle.Lenient;

    /// <summary>
    /// Gets or sets the result for the steps and builds that an earlier process with the name of this master has left open. When the master
    /// opens the store, it finishes these steps and builds with this result. If null, they stay open. See <see cref="RecoverOnOpen"/>.
    /// Default: null.
    /// </summary>
    public BuildResult? RecoveryResult { get; set; }

    /// <summary>
    /// Calls <see cref="Updates.RecoverInterrupted"/> each time that the master opens the store. This call ends everything that an earlier
    /// process with the name of this master has left open. Use this option unless builds continue while the host program restarts. Sets
    /// <see cref="RecoveryResult"/>.
    /// </summary>
    /// <param name="results">The result with which the open steps and builds finish.</param>
    /// <returns>This object, so that calls can be chained.</returns>
    public BuildDataOptions RecoverOnOpen(BuildResult results = BuildResult.Retry)
    {
        RecoveryResult = results;
        return this;
    }

    private void ValidateLifecycle()
    {
        if (!Enum.IsDefined(Lifecycle))
            throw new ArgumentOutOfRangeException(nameof(Lifecycle), Lifecycle, "The value is not defined by the enumeration.");
        if (RecoveryResult is { } results && !Enum.IsDefined(results))
            throw new ArgumentOutOfRangeException(nameof(RecoveryResult), results, "The value is not a result code.");
    }
}
