using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;

namespace BuildData.Resources.Workers;

/// <summary>
/// Defines <see cref="MissingWorker"/>, the resource of a worker's event <c>missing</c>. The database has no table of these resources.
/// </summary>
internal sealed class MissingWorkerDefinition : ResourceDefinition, IEndpointSource
{
    public static MissingWorkerDefinition Instance { get; } = new();

    public override string Kind => "missing worker";

    public override string PluralName => "workers";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.MissingWorker;

    public override Type ResourceType => typeof(MissingWorker);

    public override IReadOnlyList<Field> Fields => [];

    public IReadOnlyList<Endpoint> Endpoints => [];

    public override IReadOnlyList<string> EventPatterns { get; } = ["/workers/*"];

    public override IReadOnlyList<string> PublicEventNames { get; } = ["missing"];

    public override EventPath[] EventPaths(object resource, long id) => [new("workers", id)];

    public override long? FindId(object resource) => ((MissingWorker)resource).WorkerId;
}
