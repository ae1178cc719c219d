namespace BuildData.Torture.Upgrade.Old;

/// <summary>All that a database has. Resources of older versions lack the attributes that did not exist.</summary>
internal sealed record OldData
{
    public required MasterInfo[] Masters { get; init; }

    public required Builder[] Builders { get; init; }

    public required Worker[] Workers { get; init; }

    public required SourceStamp[] SourceStamps { get; init; }

    /// <summary>Gets the buildsets with their properties.</summary>
    public required Buildset[] Buildsets { get; init; }

    /// <summary>Gets the keys of buildsets that were added once, by the id of the buildset.</summary>
    public required IReadOnlyDictionary<long, string> UniqueKeys { get; init; }

    public required BuildRequest[] Requests { get; init; }

    /// <summary>Gets the builds with their properties.</summary>
    public required Build[] Builds { get; init; }

    public required Step[] Steps { get; init; }

    public required OldLog[] Logs { get; init; }

    /// <summary>Gets what events are about, in their order: a name and a builder, a buildset, a build or a step.</summary>
    public required (string Name, object Resource)[] Announced { get; init; }

    /// <summary>Gets whether the first events have expired, so that nobody can resume before them.</summary>
    public bool LacksFirstEvents { get; init; }

    /// <summary>Gets whether the last process was killed, so that it has not recorded that it closed the file.</summary>
    public bool WasKilled { get; init; }

    public string BuilderName(long id) => Builders.Single(builder => builder.BuilderId == id).Name;

    public string? WorkerName(long? id) => Workers.SingleOrDefault(worker => worker.WorkerId == id)?.Name;

    public Buildset BuildsetOf(BuildRequest request) => Buildsets.Single(buildset => buildset.BuildsetId == request.BuildsetId);

    public BuildRequest RequestOf(Build build) => Requests.Single(request => request.BuildRequestId == build.BuildRequestId);
}
