namespace BuildData;

/// <summary>
/// Contains the numbers of resources that <see cref="Updates.Prune"/> has removed. After a dry run, contains the numbers of resources that
/// it would remove.
/// </summary>
public sealed record PruneResult
{
    /// <summary>Gets the number of builds.</summary>
    public long Builds { get; init; }

    /// <summary>Gets the number of steps.</summary>
    public long Steps { get; init; }

    /// <summary>Gets the number of build requests.</summary>
    public long BuildRequests { get; init; }

    /// <summary>Gets the number of buildsets.</summary>
    public long Buildsets { get; init; }

    /// <summary>Gets the number of source stamps.</summary>
    public long SourceStamps { get; init; }

    /// <summary>Gets whether the call was a dry run. A dry run removes nothing.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>
    /// Gets whether the call ended early, because another call was removing old history at the same time. The other call can be one of this
    /// master or of another master. The numbers include only the resources that this call has removed.
    /// </summary>
    public bool IsRunningElsewhere { get; init; }

    internal PruneResult Plus(PruneResult other) => this with
    {
        Builds = Builds + other.Builds,
        Steps = Steps + other.Steps,
        BuildRequests = BuildRequests + other.BuildRequests,
        Buildsets = Buildsets + other.Buildsets,
        SourceStamps = SourceStamps + other.SourceStamps,
    };
}
