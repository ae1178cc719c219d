using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>Represents a step of a build, such as a checkout or a compilation.</summary>
public sealed record Step
{
    /// <summary>Gets the step's id.</summary>
    [JsonPropertyName("stepid")]
    public long StepId { get; init; }

    /// <summary>Gets the id of the build that the step belongs to.</summary>
    [JsonPropertyName("buildid")]
    public long BuildId { get; init; }

    /// <summary>Gets the step's number in its build. Numbers start at 0 and have no gaps.</summary>
    [JsonPropertyName("number")]
    public long Number { get; init; }

    /// <summary>Gets the step's name: an <see cref="Identifier"/>. No other step of the build has the same name.</summary>
    [JsonPropertyName("name")]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>
    /// Gets the text from which the step's name was made, such as <c>build (ubuntu-latest, 3.12)</c>. Null if the step was not added by
    /// <see cref="Updates.NewStepFromTitle"/>.
    /// </summary>
    [JsonPropertyName("title")]
    public string? Title { get; init; }

    /// <summary>Gets the time at which the step started; null before that.</summary>
    [JsonPropertyName("started_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>
    /// Gets the time at which the step had acquired all its locks; null before that. The host program defines the locks, for example on
    /// test devices.
    /// </summary>
    [JsonPropertyName("locks_acquired_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? LocksAcquiredAt { get; init; }

    /// <summary>Gets whether the step has finished.</summary>
    [JsonPropertyName("complete")]
    public bool Complete { get; init; }

    /// <summary>Gets the time at which the step finished; null before that.</summary>
    [JsonPropertyName("complete_at"), JsonConverter(typeof(UnixSecondsConverter))]
    public DateTimeOffset? CompleteAt { get; init; }

    /// <summary>
    /// Gets the state string: a text on one line that describes the step's current activity. The text begins with the state, such as
    /// <c>pending</c>.
    /// </summary>
    [JsonPropertyName("state_string")]
    public string StateString { get; init => field = value ?? ""; } = "";

    /// <summary>Gets the step's result; null until the step has finished.</summary>
    [JsonPropertyName("results")]
    public BuildResult? Results { get; init; }

    /// <summary>Gets the step's links in the order in which they were added. A link can lead to the step's output, for example.</summary>
    [JsonPropertyName("urls"), JsonConverter(typeof(EquatableListConverter<StepUrl>))]
    public IReadOnlyList<StepUrl> Urls { get; init => field = value ?? []; } = [];

    /// <summary>Gets whether user interfaces should hide the step.</summary>
    [JsonPropertyName("hidden")]
    public bool Hidden { get; init; }
}
