using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;

namespace BuildData.Resources.Builders;

/// <summary>Defines the resource of the events <c>started</c> and <c>stopped</c> of a builder. It is not stored.</summary>
/// <remarks>
/// Each of these changes is also announced by an internal event of the builder with the same name. Watches receive that event, because they
/// need the whole builder.
/// </remarks>
internal sealed class BuilderOnMasterDefinition : ResourceDefinition, IEndpointSource
{
    public static BuilderOnMasterDefinition Instance { get; } = new();

    public override string Kind => "builder on a master";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.BuilderOnMaster;

    public override Type ResourceType => typeof(BuilderOnMaster);

    public override IReadOnlyList<Field> Fields => [];

    public IReadOnlyList<Endpoint> Endpoints => [];

    public override IReadOnlyList<string> EventPatterns { get; } = ["/builders/*"];

    public override IReadOnlyList<string> PublicEventNames { get; } = ["started", "stopped"];

    public override EventPath[] EventPaths(object resource, long id) => [new("builders", id)];

    public override long? FindId(object resource) => ((BuilderOnMaster)resource).BuilderId;
}
