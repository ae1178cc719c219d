using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;
using BuildData.Queries;
using BuildData.Resources.Properties;
using BuildData.Stores;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData.Resources.Builds;

/// <summary>Defines the resource type of builds.</summary>
internal sealed class BuildDefinition : TableDefinition<Build>, IEndpointSource, IPrefetchSource, IFilterRelations, IIncludes
{
    public static BuildDefinition Instance { get; } = new();

    public override string Kind => "build";

    public override string PluralName => "builds";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.Build;

    public override ResourceTable ResourceTable => ResourceTables.Builds;

    public override string Table => "builds AS build";

    public override string Alias => "build";

    public override IReadOnlyList<Field<Build>> Fields { get; } =
    [
        new("buildid", FieldType.Integer, "build.id", static build => build.BuildId) { IndexedParents = ["build.builder_id", "build.worker_id", "build.master_id"] },
        new("number", FieldType.Integer, "build.number", static build => build.Number) { IndexedParents = ["build.builder_id"] },
        new("builderid", FieldType.Integer, "build.builder_id", static build => build.BuilderId) { IsFirstInIndexes = true },
        new RelatedNameField<Build>("builder_name", "build.builder_id", "builders", static build => build.BuilderName) { IsFirstInIndexes = true },
        new("buildrequestid", FieldType.Integer, "build.buildrequest_id", static build => build.BuildRequestId),
        new("buildsetid", FieldType.Integer, "build.buildset_id", static build => build.BuildsetId),
        new("workerid", FieldType.Integer, "build.worker_id", static build => build.WorkerId, isNullable: true) { IsFirstInIndexes = true },
        new RelatedNameField<Build>("worker_name", "build.worker_id", "workers", static build => build.WorkerName, isNullable: true) { IsFirstInIndexes = true },
        new("masterid", FieldType.Integer, "build.master_id", static build => build.MasterId) { IsFirstInIndexes = true },
        new("started_at", FieldType.Time, "build.started_at", static build => build.StartedAt) { IndexedParents = ["build.builder_id"] },
        new CompleteField<Build>("builds", "build", static build => build.Complete),
        new("complete_at", FieldType.Time, "build.complete_at", static build => build.CompleteAt, isNullable: true) { IndexedParents = ["build.builder_id"] },
        new("locks_duration_s", FieldType.Integer, "build.locks_duration_s", static build => build.LocksDurationSeconds, propertyName: nameof(Build.LocksDurationSeconds)),
        new("state_string", FieldType.Text, "build.state_string", static build => build.StateString),
        new ResultsField<Build>("build.results", static build => build.Results)
        {
            IndexedParent = "build.builder_id",
            IndexedParents = ["build.builder_id"],
            OrdersOfEachResult = ["build.id"],
            OrdersOfUnsuccessful = ["build.number", "build.id"],
        },
        new("cancel_requested_at", FieldType.Time, "build.cancel_requested_at", static build => build.CancelRequestedAt, isNullable: true),
        new("cancel_reason", FieldType.Text, "build.cancel_reason", static build => build.CancelReason, isNullable: true),
        new JsonField<Build>("properties"),
    ];

    public IReadOnlyList<FilterRelation> Relations { get; } = [BuildRelations.Properties, BuildRelations.SourceStamps];

    public IReadOnlyList<Include> Includes => BuildIncludes.All;

    public Query QueryIfPropertiesChange(long id) => new BuildByRef(id);

    public IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        Endpoint.All<Build>("/builds", static (in _) => new AllBuilds()),
        Endpoint.All<Build>("/builds/newest", static (in _) => new NewestBuilds()),
        Endpoint.All<Build>("/builds/newest/{count:number}", static (in path) => NewestBuilds.OfPath(path.Number(0))),
        Endpoint.One<Build>("/builds/{buildid:number}", static (in path) => new BuildByRef(path.Number(0))),
        Endpoint.All<Build>("/builds/{buildid:number}/triggered_builds", static (in path) => new BuildsTriggeredBy(path.Number(0))),
        Endpoint.All<Build>("/builders/{builderid_or_buildername:number_or_name}/builds", static (in path) => new BuildsOfBuilder(BuilderRef.From(path, 0))),
        Endpoint.One<Build>(
            "/builders/{builderid_or_buildername:number_or_name}/builds/{build_number:number}",
            static (in path) => new BuildByRef(new BuildRef(BuilderRef.From(path, 0), path.Number(1)))),
        Endpoint.All<Build>("/buildrequests/{buildrequestid:number}/builds", static (in path) => new BuildsOfBuildRequest(path.Number(0))),
        Endpoint.All<Build>("/buildsets/{bsid:number}/builds", static (in path) => new BuildsOfBuildset(path.Number(0))),
        Endpoint.All<Build>("/sourcestamps/{ssid:number}/builds", static (in path) => new BuildsOfSourceStamp(path.Number(0))),
        Endpoint.All<Build>("/workers/{workerid:number}/builds", static (in path) => new BuildsOfWorker(path.Number(0))),
        Endpoint.All<Build>("/workers/{name:identifier}/builds", static (in path) => new BuildsOfWorker(path.Name(0))),
        Endpoint.All<Build>("/masters/{masterid:number}/builds", static (in path) => new BuildsOfMaster(path.Number(0))),
    ];

    public override IReadOnlyList<string> EventPatterns { get; } = ["/builds/*", "/builders/*/builds/*", "/workers/*/builds/*"];

    public override IReadOnlyList<string> PropertyEventPatterns { get; } = ["/builds/*/properties"];

    public override IReadOnlyList<string> PublicEventNames { get; } = ["new", "update", "cancel", "finished", RemovedEventName];

    public override bool HasProperties => true;

    public override EventPath[] EventPaths(object resource, long id)
    {
        var build = (Build)resource;
        var own = new EventPath("builds", id);
        var ofBuilder = new EventPath("builders", build.BuilderId, "builds", build.Number);
        return build.WorkerId is { } worker ? [own, ofBuilder, new("workers", worker, "builds", id)] : [own, ofBuilder];
    }

    public override object WithProperties(object resource, PropertyMap properties) =>
        (Build)resource with { Properties = properties };

    public override object WithOnlyProperties(object resource, PropertySelection properties) =>
        resource is Build { Properties.Count: > 0 } build ? build with { Properties = build.Properties.Only(properties) } : resource;

    public override PropertyMap? MutablePropertiesOf(object resource) => ((Build)resource).Properties;

    public override bool StateShowsEvent(object resource, string eventName) =>
        (eventName, (Build)resource) switch
        {
            ("new", _) => true,
            ("cancel", { CancelRequestedAt: not null }) => true,
            ("finished", { Complete: true }) => true,
            _ => false,
        };

    public override long IdOf(Build resource) => resource.BuildId;

    public override ResourceSink<Build> CreateSink(PropertySelection properties) =>
        properties.IsEmpty
            ? base.CreateSink(properties)
            : new MultiRowResourceSink<Build, KeyValuePair<string, Property>, Build>(
                SelectList, PropertySql.PropertyColumns, static (build, properties) => build with { Properties = PropertySql.ToMap(properties) });

    public override void AppendDetailColumns(SqlBuilder sql, PropertySelection properties) => PropertySql.AppendPropertyColumns(sql, properties);

    public override void AppendDetailJoins(SqlBuilder sql, PropertySelection properties) =>
        PropertySql.AppendPropertyJoin(sql, properties, "build_properties AS property ON property.build_id = build.id");

    public override string? DetailOrderColumn(PropertySelection properties) => PropertySql.GetOrderColumn(properties);

    public Prefetcher CreatePrefetcher(Prefetch prefetch) => new BuildPrefetcher(prefetch);

    protected override SelectList<Build> CreateSelectList() => SelectLists.FromFields(Fields);
}
