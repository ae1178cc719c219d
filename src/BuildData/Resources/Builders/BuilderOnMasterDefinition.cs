using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;

namespace BuildData.Resources.Builders;

/// <summary>
/// Defines <see cref="BuilderOnMaster"/>, the resource of a builder's events <c>started</c> and <c>stopped</c>. The database has no table
/// of these resources.
/// </summary>
/// <remarks>
/// For each such change, there is a second event with the same name. Its resource is the whole <see cref="Builder"/>. Only watches receive
/// the second event.
/// </remarks>
internal sealed class BuilderOnMasterDefinition : ResourceDefinition, IEndpointSource
{
    public static BuilderOnMasterDefinition Instance { get; } = new();

    public override string Kind => "builder on a master";

    public override string PluralName => "builders";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.BuilderOnMaster;

    public override Type ResourceType => typeof(BuilderOnMaster);

    public override IReadOnlyList<Field> Fields => [];

    public IReadOnlyList<Endpoint> Endpoints => [];

    public override IReadOnlyList<string> EventPatterns { get; } = ["/builders/*"];

    public override IReadOnlyList<string> PublicEventNames { get; } = ["started", "stopped"];

    public override EventPath[] EventPaths(object resource, long id) => [new("builders", id)];

    public override long? FindId(object resource) => ((BuilderOnMaster)resource).BuilderId;
}
