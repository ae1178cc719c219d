using System.Text.Json.Serialization;
using BuildData.Values;

namespace BuildData;

/// <summary>Represents a builder: a kind of build that is run repeatedly, such as "linux, release".</summary>
public sealed record Builder
{
    /// <summary>Gets the builder's id.</summary>
    [JsonPropertyName("builderid")]
    public long BuilderId { get; init; }

    /// <summary>Gets the builder's unique name. <see cref="Updates.RenameBuilder"/> changes it.</summary>
    [JsonPropertyName("name")]
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Gets the description of the builder's purpose; null if there is no description.</summary>
    [JsonPropertyName("description")]
    public string? Description { get; init; }

    /// <summary>Gets the format of <see cref="Description"/>, such as <c>markdown</c>; null if the format is not known.</summary>
    [JsonPropertyName("description_format")]
    public string? DescriptionFormat { get; init; }

    /// <summary>Gets the description as HTML; null if there is no HTML.</summary>
    [JsonPropertyName("description_html")]
    public string? DescriptionHtml { get; init; }

    /// <summary>Gets the id of the project that the builder belongs to; null if there is no project.</summary>
    [JsonPropertyName("projectid")]
    public long? ProjectId { get; init; }

    /// <summary>
    /// Gets the builder's tags, which are words that group builders. The tags are in the order in which
    /// <see cref="Updates.UpdateBuilderInfo"/> received them.
    /// </summary>
    [JsonPropertyName("tags"), JsonConverter(typeof(EquatableListConverter<string>))]
    public IReadOnlyList<string> Tags { get; init => field = value ?? []; } = [];

    /// <summary>
    /// Gets the ids of the masters that have the builder in their lists, in ascending order. <see cref="Updates.UpdateBuilderList"/> sets a
    /// master's list.
    /// </summary>
    [JsonPropertyName("masterids"), JsonConverter(typeof(EquatableListConverter<long>))]
    public IReadOnlyList<long> MasterIds { get; init => field = value ?? []; } = [];

    /// <summary>
    /// Gets the build of the builder with the highest number, if the query includes <c>newest_build</c>. Null if the query does not include it, or
    /// if the builder has no build. Events never have it. See <see cref="Queries.ResultSpec.Include"/>.
    /// </summary>
    [JsonPropertyName("newest_build"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Build? NewestBuild { get; init; }
}
