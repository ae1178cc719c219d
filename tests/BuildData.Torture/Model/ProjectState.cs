namespace BuildData.Torture.Model;

/// <summary>
/// All that a group of callers writes: two builders, a worker, and the buildsets for these builders. No other group writes to it, so it
/// can be checked by itself.
/// </summary>
/// <remarks>
/// A negative id stands for one that nobody knows, because the call that would have returned it was cut off. It matches any id.
/// </remarks>
/// <param name="Name">The name. The names of its builders and its worker, and the reasons of its buildsets, begin with it.</param>
internal sealed record ProjectState(string Name)
{
    public ValueList<BuilderState> Builders { get; init; } = [];

    public WorkerState? Worker { get; init; }

    /// <summary>Gets the buildsets in the order in which they were added.</summary>
    public ValueList<BuildsetState> Buildsets { get; init; } = [];

    /// <summary>Gets the id for the next resource whose id nobody knows.</summary>
    public long NextUnknownId { get; init; } = -1_000_000;

    public IEnumerable<RequestState> Requests => Buildsets.SelectMany(buildset => buildset.Requests);

    public IEnumerable<BuildState> Builds => Requests.SelectMany(request => request.Builds);

    public IEnumerable<StepState> Steps => Builds.SelectMany(build => build.Steps);

    public IEnumerable<LogState> Logs => Steps.SelectMany(step => step.Logs);
}

/// <summary>A builder.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its id.</param>
/// <param name="LastNumber">The number of its last build.</param>
/// <param name="Description">Its description.</param>
internal sealed record BuilderState(string Name, long Id, long LastNumber = 0, string? Description = null)
{
    public ValueList<string> Tags { get; init; } = [];
}

internal sealed record WorkerState(string Name, long Id, bool Paused = false, string? PauseReason = null, bool Graceful = false, string Info = "{}")
{
    /// <summary>Gets the ids of the masters, in ascending order.</summary>
    public ValueList<long> ConnectedTo { get; init; } = [];

    /// <summary>Gets the ids of the masters and of the builders, in ascending order.</summary>
    public ValueList<(long Master, long Builder)> ConfiguredOn { get; init; } = [];
}

/// <summary>A buildset.</summary>
/// <param name="Reason">Its reason, which no other buildset has.</param>
/// <param name="Id">Its id.</param>
/// <param name="Owner">The value of its property <c>owner</c>.</param>
/// <param name="Revision">The revision of its source stamp; null if it has none.</param>
internal sealed record BuildsetState(string Reason, long Id, string Owner, string? Revision)
{
    public string? UniqueKey { get; init; }

    public long? ParentBuildId { get; init; }

    public long? RebuiltBuildId { get; init; }

    public bool Complete { get; init; }

    public BuildResult? Results { get; init; }

    public ValueList<RequestState> Requests { get; init; } = [];
}

internal sealed record RequestState(long Id, long BuilderId, long Priority, bool WaitedFor)
{
    /// <summary>Gets the id of the master that has claimed it; null if none has.</summary>
    public long? ClaimedBy { get; init; }

    public bool Complete { get; init; }

    public BuildResult? Results { get; init; }

    /// <summary>Gets why its cancellation was requested; null if it was not.</summary>
    public string? CancelReason { get; init; }

    public long? ReplacedBy { get; init; }

    public ValueList<BuildState> Builds { get; init; } = [];

    public bool Waits => ClaimedBy is null && !Complete;
}

internal sealed record BuildState(long Id, long Number, long? WorkerId, long MasterId)
{
    public string StateString { get; init; } = "created";

    public long LocksDuration { get; init; }

    public bool Complete { get; init; }

    public BuildResult? Results { get; init; }

    public string? CancelReason { get; init; }

    /// <summary>Gets the properties, in the order of their names.</summary>
    public ValueList<PropertyState> Properties { get; init; } = [];

    /// <summary>Gets the steps. The number of a step is its position.</summary>
    public ValueList<StepState> Steps { get; init; } = [];
}

internal sealed record PropertyState(string Name, string Json, string Source);

internal sealed record StepState(long Id, string Name)
{
    public bool Started { get; init; }

    public bool LocksAcquired { get; init; }

    public string StateString { get; init; } = "pending";

    public bool Complete { get; init; }

    public BuildResult? Results { get; init; }

    public bool Hidden { get; init; }

    public ValueList<UrlState> Urls { get; init; } = [];

    /// <summary>Gets the logs, in the order in which they were added.</summary>
    public ValueList<LogState> Logs { get; init; } = [];
}

internal sealed record UrlState(string Name, string Url);

internal sealed record LogState(long Id, string Name, string Slug, LogType Type)
{
    public bool Complete { get; init; }

    public long LineCount { get; init; }

    public string Text { get; init; } = "";
}
