using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;

namespace BuildData.Resources.Workers;

/// <summary>Defines the resource type <see cref="Worker"/>: its fields, its database table and its endpoints.</summary>
internal sealed class WorkerDefinition : TableDefinition<Worker>, IEndpointSource
{
    public static WorkerDefinition Instance { get; } = new();

    public override string Kind => "worker";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.Worker;

    public override ResourceTable ResourceTable => ResourceTables.Workers;

    public override string Table => "workers AS worker";

    public override string Alias => "worker";

    public override IReadOnlyList<Field<Worker>> Fields { get; } =
    [
        new("workerid", FieldType.Integer, "worker.id", static worker => worker.WorkerId),
        new("name", FieldType.Text, "worker.name", static worker => worker.Name),
    ];

    public IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        Endpoint.All<Worker>("/workers", static (in _) => new AllWorkers()),
        Endpoint.One<Worker>("/workers/{workerid:number}", static (in path) => new WorkerByRef(path.Number(0))),
        Endpoint.One<Worker>("/workers/{name:identifier}", static (in path) => new WorkerByRef(path.Name(0))),
    ];

    public override EventPath[] EventPaths(object resource, long id) => [new("workers", id)];

    public override long IdOf(Worker resource) => resource.WorkerId;
}
