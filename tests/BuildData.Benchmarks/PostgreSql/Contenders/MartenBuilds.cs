using JasperFx.Events;
using Marten.Events.Aggregation;

namespace BuildData.Benchmarks;

// What happens to a build and its steps, in the build's stream.
internal sealed record BuildAdded(long BuilderId, long Number, long RequestId, long WorkerId, long MasterId, long At);

internal sealed record BuildFinished(BuildResult Results, long At);

internal sealed record StepAdded(long Number, string Name);

internal sealed record StepStarted(long Number, long At);

internal sealed record StepStateStringSet(long Number, string StateString);

internal sealed record StepUrlAdded(long Number, string Name, string Url);

internal sealed record StepFinished(long Number, BuildResult Results, long At);

/// <summary>A build with its steps, as a document.</summary>
internal sealed record MartenBuild
{
    public string Id { get; init; } = "";

    public BuildAdded? Added { get; init; }

    public BuildFinished? Finished { get; init; }

    public List<MartenStep> Steps { get; init; } = [];
}

internal sealed class MartenStep
{
    public long Number { get; init; }

    public string Name { get; init; } = "";

    public long? StartedAt { get; set; }

    public string StateString { get; set; } = "pending";

    public List<StepUrl> Urls { get; init; } = [];

    public BuildResult? Results { get; set; }

    public long? CompleteAt { get; set; }
}

/// <summary>Makes the document of a build in the transaction of its events.</summary>
internal sealed class MartenBuildProjection : SingleStreamProjection<MartenBuild, string>
{
    // Without them it would load and write a document for the streams of buildsets too.
    public MartenBuildProjection()
    {
        IncludeType<BuildAdded>();
        IncludeType<BuildFinished>();
        IncludeType<StepAdded>();
        IncludeType<StepStarted>();
        IncludeType<StepStateStringSet>();
        IncludeType<StepUrlAdded>();
        IncludeType<StepFinished>();
    }

    public override MartenBuild Evolve(MartenBuild? snapshot, string id, IEvent e)
    {
        MartenBuild build = snapshot ?? new MartenBuild { Id = id };
        switch (e.Data)
        {
            case BuildAdded added:
                return build with { Added = added };
            case BuildFinished finished:
                return build with { Finished = finished };
            case StepAdded added:
                build.Steps.Add(new MartenStep { Number = added.Number, Name = added.Name });
                break;
            case StepStarted started:
                build.Steps[(int)started.Number].StartedAt = started.At;
                break;
            case StepStateStringSet set:
                build.Steps[(int)set.Number].StateString = set.StateString;
                break;
            case StepUrlAdded added:
                build.Steps[(int)added.Number].Urls.Add(new StepUrl(added.Name, added.Url));
                break;
            case StepFinished finished:
                MartenStep step = build.Steps[(int)finished.Number];
                (step.Results, step.CompleteAt) = (finished.Results, finished.At);
                break;
        }

        return build;
    }
}
