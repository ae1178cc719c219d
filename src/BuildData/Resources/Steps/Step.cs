using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>One step of a build, such as a checkout or a compile run.</summary>
public sealed record Step
{
    /// <summary>The step's id.</summary>
    [JsonPropertyName("stepid")]
    public long StepId { get; init; }

    /// <summary>The build that the step belongs to.</summary>
    [JsonPropertyName("buildid")]
    public long BuildId { get; init; }

    /// <summary>The step's place in its build: from 0, without gaps.</summary>
    [JsonPropertyName("number")]
    public long Number { get; init; }

    /// <summary>The step's name, unique in its build (see <see cref="Identifier"/>).</summary>
    [JsonPropertyName("name")]
    public string Name { get; init; } = "";

    /// <summary>When the step began; null before that.</summary>
    [JsonPropertyName("started_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the step had all the locks that it plan; null before that.</summary>
    [JsonPropertyName("locks_acquired_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? LocksAcquiredAt { get; init; }

    /// <summary>Whether the step has finished.</summary>
    [JsonPropertyName("complete")]
    public bool Complete { get; init; }

    /// <summary>When the step finished; null before that.</summary>
    [JsonPropertyName("complete_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? CompleteAt { get; init; }

    /// <summary>What the step is doing, sized for one line; its first word or phrase says the state.</summary>
    [JsonPropertyName("state_string")]
    public string StateString { get; init; } = "";

    /// <summary>How the step ended; null before that.</summary>
    [JsonPropertyName("results")]
    public BuildResult? Results { get; init; }

    /// <summary>Links to what the step left elsewhere, in the order in which they were added.</summary>
    [JsonPropertyName("urls")]
    public IReadOnlyList<StepUrl> Urls { get; init; } = [];

    /// <summary>Whether the step is not to be displayed.</summary>
    [JsonPropertyName("hidden")]
    public bool Hidden { get; init; }
}
