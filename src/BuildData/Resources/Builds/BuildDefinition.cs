using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;
using BuildData.Resources.Properties;
using BuildData.Stores;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData.Resources.Builds;

/// <summary>Defines the resource type of builds.</summary>
internal sealed class BuildDefinition : TableDefinition<Build>, IEndpointSource, IPrefetchSource
{
    public static BuildDefinition Instance { get; } = new();

    private const int ColumnCount = 12;

    public override string Kind => "build";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.Build;

    public override DataTable DataTable => DataTables.Builds;

    public override string Table => "builds AS b";

    public override string Alias => "b";

    public override string Columns =>
        """
        b.id AS BuildId, b.number AS Number, b.builder_id AS BuilderId, b.buildrequest_id AS BuildRequestId,
        b.worker_id AS WorkerId, b.master_id AS MasterId, b.started_at AS StartedAt, b.complete AS Complete,
        b.complete_at AS CompleteAt, b.locks_duration_s AS LocksDurationSeconds, b.state_string AS StateString,
        b.results AS Results
        """;

    public override IReadOnlyList<Field<Build>> Fields { get; } =
    [
        new("buildid", FieldType.Integer, "b.id", static build => build.BuildId),
        new("number", FieldType.Integer, "b.number", static build => build.Number),
        new("builderid", FieldType.Integer, "b.builder_id", static build => build.BuilderId),
        new("buildrequestid", FieldType.Integer, "b.buildrequest_id", static build => build.BuildRequestId),
        new("workerid", FieldType.Integer, "b.worker_id", static build => build.WorkerId, isNullable: true),
        new("masterid", FieldType.Integer, "b.master_id", static build => build.MasterId),
        new("started_at", FieldType.Time, "b.started_at", static build => build.StartedAt),
        new("complete", FieldType.Flag, "b.complete", static build => build.Complete),
        new("complete_at", FieldType.Time, "b.complete_at", static build => build.CompleteAt, isNullable: true),
        new("locks_duration_s", FieldType.Integer, "b.locks_duration_s", static build => build.LocksDurationSeconds),
        new("state_string", FieldType.Text, "b.state_string", static build => build.StateString),
        new("results", FieldType.Result, "b.results", static build => build.Results, isNullable: true),
        new("properties", FieldType.Structure, "", null),
    ];

    public IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        Endpoint.All<Build>("/builds", static (in _) => new AllBuilds()),
        Endpoint.One<Build>("/builds/{buildid:number}", static (in path) => new BuildByRef(path.Number(0))),
        Endpoint.All<Build>("/builds/{buildid:number}/triggered_builds", static (in path) => new BuildsTriggeredBy(path.Number(0))),
        Endpoint.All<Build>("/builders/{builderid_or_buildername:number_or_name}/builds", static (in path) => new BuildsOfBuilder(BuilderRef.From(path, 0))),
        Endpoint.One<Build>(
            "/builders/{builderid_or_buildername:number_or_name}/builds/{build_number:number}",
            static (in path) => new BuildByRef(new BuildRef(BuilderRef.From(path, 0), path.Number(1)))),
        Endpoint.All<Build>("/buildrequests/{buildrequestid:number}/builds", static (in path) => new BuildsOfBuildRequest(path.Number(0))),
        Endpoint.All<Build>("/workers/{workerid:number}/builds", static (in path) => new BuildsOfWorker(path.Number(0))),
    ];

    public override IReadOnlyList<string> EventPatterns { get; } = ["/builds/*", "/builders/*/builds/*", "/workers/*/builds/*"];

    public override IReadOnlyList<string> PropertyEventPatterns { get; } = ["/builds/*/properties"];

    public override IReadOnlyList<string> EventNames { get; } = ["new", "update", "finished"];

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

    public override PropertyMap? PropertiesOf(object resource) => ((Build)resource).Properties;

    public override bool HasHappened(object resource, string eventName) =>
        eventName == "new" || (eventName == "finished" && ((Build)resource).Complete);

    public override long KeyOf(Build resource) => resource.BuildId;

    public override ResourceSink<Build> CreateSink(PropertySelection properties) =>
        properties.IsEmpty
            ? new PlainSink<BuildRow, Build>(BuildRow.ToBuild)
            : new DetailedSink<BuildRow, PropertyRow, Build>(ColumnCount, BuildRow.ToBuild);

    public override void AppendDetailColumns(SqlBuilder sql, PropertySelection properties) => PropertySql.AppendColumns(sql, properties);

    public override void AppendDetailJoins(SqlBuilder sql, PropertySelection properties) =>
        PropertySql.AppendJoin(sql, properties, "build_properties AS p ON p.build_id = b.id");

    public override string? DetailOrder(PropertySelection properties) => PropertySql.Order(properties);

    public Prefetcher CreatePrefetcher(Prefetch prefetch) => new BuildPrefetcher(prefetch);
}
