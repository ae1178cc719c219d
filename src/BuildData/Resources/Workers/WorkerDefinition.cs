using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;
using BuildData.Updating.Prefetching;

namespace BuildData.Resources.Workers;

/// <summary>Defines the resource type <see cref="Worker"/>: its fields, its database table and its endpoints.</summary>
internal sealed class WorkerDefinition : TableDefinition<Worker>, IEndpointSource, IPrefetchSource
{
    public static WorkerDefinition Instance { get; } = new();

    public override string Kind => "worker";

    public override string PluralName => "workers";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.Worker;

    public override ResourceTable ResourceTable => ResourceTables.Workers;

    public override string Table => "workers AS worker";

    public override string Alias => "worker";

    public override IReadOnlyList<Field<Worker>> Fields { get; } =
    [
        new("workerid", FieldType.Integer, "worker.id", static worker => worker.WorkerId),
        new("name", FieldType.Text, "worker.name", static worker => worker.Name),
        new("title", FieldType.Text, "worker.title", static worker => worker.Title, isNullable: true),
        new("paused", FieldType.Flag, "worker.paused", static worker => worker.Paused),
        new("graceful", FieldType.Flag, "worker.graceful", static worker => worker.Graceful),
        new("pause_reason", FieldType.Text, "worker.pause_reason", static worker => worker.PauseReason, isNullable: true),
        new JsonFieldStoredAsText<Worker, WorkerInfo>("workerinfo", "worker.worker_info", WorkerInfo.FromStore),
        new("version", FieldType.Text, "worker.version", static worker => worker.Version, isNullable: true),
        new("last_seen", FieldType.Time, "worker.last_seen", static worker => worker.LastSeen, isNullable: true),
        new JsonFieldStoredAsText<Worker, IReadOnlyList<ConnectedMaster>>("connected_to", WorkerPlaces.ConnectedToColumn, WorkerPlaces.ParseConnectedTo),
        new JsonFieldStoredAsText<Worker, IReadOnlyList<ConfiguredBuilder>>("configured_on", WorkerPlaces.ConfiguredOnColumn, WorkerPlaces.ParseConfiguredOn),
    ];

    public IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        Endpoint.All<Worker>("/workers", static (in _) => new AllWorkers()),
        Endpoint.One<Worker>("/workers/{workerid:number}", static (in path) => new WorkerByRef(path.Number(0))),
        Endpoint.One<Worker>("/workers/{name:identifier}", static (in path) => new WorkerByRef(path.Name(0))),
        Endpoint.All<Worker>("/builders/{builderid_or_buildername:number_or_name}/workers", static (in path) => new WorkersOfBuilder(BuilderRef.From(path, 0))),
        Endpoint.One<Worker>(
            "/builders/{builderid_or_buildername:number_or_name}/workers/{workerid:number}",
            static (in path) => new WorkerOfBuilder(BuilderRef.From(path, 0), path.Number(1))),
        Endpoint.One<Worker>(
            "/builders/{builderid_or_buildername:number_or_name}/workers/{name:identifier}",
            static (in path) => new WorkerOfBuilder(BuilderRef.From(path, 0), path.Name(1))),
        Endpoint.All<Worker>("/masters/{masterid:number}/workers", static (in path) => new WorkersOfMaster(path.Number(0))),
        Endpoint.One<Worker>("/masters/{masterid:number}/workers/{workerid:number}", static (in path) => new WorkerOfMaster(path.Number(0), path.Number(1))),
        Endpoint.One<Worker>("/masters/{masterid:number}/workers/{name:identifier}", static (in path) => new WorkerOfMaster(path.Number(0), path.Name(1))),
        Endpoint.All<Worker>(
            "/masters/{masterid:number}/builders/{builderid_or_buildername:number_or_name}/workers",
            static (in path) => new WorkersOfBuilderOnMaster(path.Number(0), BuilderRef.From(path, 1))),
        Endpoint.One<Worker>(
            "/masters/{masterid:number}/builders/{builderid_or_buildername:number_or_name}/workers/{workerid:number}",
            static (in path) => new WorkerOfBuilderOnMaster(path.Number(0), BuilderRef.From(path, 1), path.Number(2))),
        Endpoint.One<Worker>(
            "/masters/{masterid:number}/builders/{builderid_or_buildername:number_or_name}/workers/{name:identifier}",
            static (in path) => new WorkerOfBuilderOnMaster(path.Number(0), BuilderRef.From(path, 1), path.Name(2))),
    ];

    public override IReadOnlyList<string> EventPatterns { get; } = ["/workers/*"];

    public override IReadOnlyList<string> PublicEventNames { get; } = ["new", "connected", "disconnected", "state_updated"];

    public override EventPath[] EventPaths(object resource, long id) => [new("workers", id)];

    public override bool StateShowsEvent(object resource, string eventName) => eventName == "new";

    public override long IdOf(Worker resource) => resource.WorkerId;

    public Prefetcher CreatePrefetcher(Prefetch prefetch) => new WorkerPrefetcher(prefetch);

    protected override SelectList<Worker> CreateSelectList() => SelectLists.FromFields(Fields);
}
