namespace BuildData;

public sealed partial class BuildDataOptions
{
    /// <summary>
    /// Gets or sets which updates the master refuses because they do not fit the state of a build request, a build or a step. All masters
    /// that share a store should use the same rules. Default: <see cref="Lifecycle.Lenient"/>.
    /// </summary>
    public Lifecycle Lifecycle { get; set; } = Lifecycle.Lenient;

    /// <summary>
    /// Gets or sets with which result each opening ends what an earlier process with the name of this master has left open; null if it stays
    /// open. See <see cref="RecoverOnOpen"/>. Default: null.
    /// </summary>
    public BuildResult? RecoveryResult { get; set; }

    /// <summary>
    /// Ends, at each opening, everything that an earlier process with the name of this master has left open, as
    /// <see cref="Updates.RecoverInterrupted"/> does. Use this option unless builds go on while the host program restarts. Sets
    /// <see cref="RecoveryResult"/>.
    /// </summary>
    /// <param name="results">The result of the steps and builds.</param>
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
