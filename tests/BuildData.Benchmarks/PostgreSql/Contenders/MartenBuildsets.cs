using JasperFx.Events;
using Marten.Events.Aggregation;

namespace BuildData.Benchmarks;

// What happens to a buildset and its one build request, in the buildset's stream.
internal sealed record BuildsetAdded(string Scheduler, string Reason, long BuilderId, string SourceStamp, string Owner, long At);

internal sealed record RequestClaimed(long MasterId, long At);

internal sealed record RequestCompleted(BuildResult Results, long At);

internal sealed record BuildsetCompleted(BuildResult Results, long At);

/// <summary>A buildset with its build request, as a document.</summary>
internal sealed record MartenBuildset
{
    public string Id { get; init; } = "";

    public BuildsetAdded? Added { get; init; }

    public RequestClaimed? Claimed { get; init; }

    public RequestCompleted? RequestCompleted { get; init; }

    public BuildsetCompleted? Completed { get; init; }
}

/// <summary>A source stamp, found by a hash of its parts.</summary>
internal sealed record MartenSourceStamp(string Id, string Repository, string? Branch, string? Revision, string Project, string Codebase, long CreatedAt);

/// <summary>Makes the document of a buildset in the transaction of its events.</summary>
internal sealed class MartenBuildsetProjection : SingleStreamProjection<MartenBuildset, string>
{
    // Without them it would load and write a document for the streams of builds too.
    public MartenBuildsetProjection()
    {
        IncludeType<BuildsetAdded>();
        IncludeType<RequestClaimed>();
        IncludeType<RequestCompleted>();
        IncludeType<BuildsetCompleted>();
    }

    public override MartenBuildset Evolve(MartenBuildset? snapshot, string id, IEvent e)
    {
        MartenBuildset buildset = snapshot ?? new MartenBuildset { Id = id };
        return e.Data switch
        {
            BuildsetAdded added => buildset with { Added = added },
            RequestClaimed claimed => buildset with { Claimed = claimed },
            RequestCompleted completed => buildset with { RequestCompleted = completed },
            BuildsetCompleted completed => buildset with { Completed = completed },
            _ => buildset,
        };
    }
}
