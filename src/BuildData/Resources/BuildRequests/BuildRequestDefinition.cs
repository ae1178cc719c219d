using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;
using BuildData.Resources.Properties;
using BuildData.Stores;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData.Resources.BuildRequests;

/// <summary>Defines the resource type of build requests.</summary>
internal sealed class BuildRequestDefinition : TableDefinition<BuildRequest>, IEndpointSource, IPrefetchSource
{
    public static BuildRequestDefinition Instance { get; } = new();

    private const int ColumnCount = 12;

    public override string Kind => "build request";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.BuildRequest;

    public override DataTable DataTable => DataTables.BuildRequests;

    public override string Table => "buildrequests AS r";

    public override string Alias => "r";

    public override string Columns =>
        """
        r.id AS BuildRequestId, r.buildset_id AS BuildsetId, r.builder_id AS BuilderId, r.priority AS Priority,
        r.claimed_at AS ClaimedAt, r.claimed_by AS ClaimedByMasterId, r.complete AS Complete, r.complete_at AS CompleteAt,
        r.results AS Results, r.submitted_at AS SubmittedAt, r.waited_for AS WaitedFor,
        r.replaced_by AS ReplacedByBuildRequestId
        """;

    public override IReadOnlyList<Field<BuildRequest>> Fields { get; } =
    [
        new("buildrequestid", FieldType.Integer, "r.id", static request => request.BuildRequestId),
        new("buildsetid", FieldType.Integer, "r.buildset_id", static request => request.BuildsetId),
        new("builderid", FieldType.Integer, "r.builder_id", static request => request.BuilderId),
        new("priority", FieldType.Integer, "r.priority", static request => request.Priority),
        new ClaimedField(),
        new("claimed_at", FieldType.Time, "r.claimed_at", static request => request.ClaimedAt, isNullable: true),
        new("claimed_by_masterid", FieldType.Integer, "r.claimed_by", static request => request.ClaimedByMasterId, isNullable: true),
        new("complete", FieldType.Flag, "r.complete", static request => request.Complete),
        new("complete_at", FieldType.Time, "r.complete_at", static request => request.CompleteAt, isNullable: true),
        new("results", FieldType.Result, "r.results", static request => request.Results, isNullable: true),
        new("submitted_at", FieldType.Time, "r.submitted_at", static request => request.SubmittedAt),
        new("waited_for", FieldType.Flag, "r.waited_for", static request => request.WaitedFor),
        new("replaced_by_buildrequestid", FieldType.Integer, "r.replaced_by", static request => request.ReplacedByBuildRequestId, isNullable: true),
        new("properties", FieldType.Structure, "", null),
    ];

    public IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        Endpoint.All<BuildRequest>("/buildrequests", static (in _) => new AllBuildRequests()),
        Endpoint.One<BuildRequest>("/buildrequests/{buildrequestid:number}", static (in path) => new BuildRequestById(path.Number(0))),
        Endpoint.All<BuildRequest>(
            "/builders/{builderid_or_buildername:number_or_name}/buildrequests",
            static (in path) => new BuildRequestsOfBuilder(BuilderRef.From(path, 0))),
        Endpoint.All<BuildRequest>("/buildsets/{bsid:number}/buildrequests", static (in path) => new BuildRequestsOfBuildset(path.Number(0))),
    ];

    public override IReadOnlyList<string> EventPatterns { get; } =
        ["/buildrequests/*", "/builders/*/buildrequests/*", "/buildsets/*/builders/*/buildrequests/*"];

    public override IReadOnlyList<string> EventNames { get; } = ["new", "claimed", "unclaimed", "complete"];

    public override bool HasProperties => true;

    public override EventPath[] EventPaths(object resource, long id)
    {
        var request = (BuildRequest)resource;
        return
        [
            new("buildrequests", id),
            new("builders", request.BuilderId, "buildrequests", id),
            new("buildsets", request.BuildsetId, "builders", request.BuilderId, "buildrequests", id),
        ];
    }

    public override object WithProperties(object resource, PropertyMap properties) =>
        (BuildRequest)resource with { Properties = properties };

    public override bool HasHappened(object resource, string eventName) => (eventName, (BuildRequest)resource) switch
    {
        ("new", _) => true,
        ("claimed", { Claimed: true }) => true,
        ("complete", { Complete: true }) => true,
        _ => false,
    };

    public override long KeyOf(BuildRequest resource) => resource.BuildRequestId;

    public override ResourceSink<BuildRequest> CreateSink(PropertySelection properties) =>
        properties.IsEmpty
            ? new PlainSink<BuildRequestRow, BuildRequest>(BuildRequestRow.ToBuildRequest)
            : new DetailedSink<BuildRequestRow, PropertyRow, BuildRequest>(ColumnCount, BuildRequestRow.ToBuildRequest);

    public override void AppendDetailColumns(SqlBuilder sql, PropertySelection properties) => PropertySql.AppendColumns(sql, properties);

    public override void AppendDetailJoins(SqlBuilder sql, PropertySelection properties) =>
        PropertySql.AppendJoin(sql, properties, "buildset_properties AS p ON p.buildset_id = r.buildset_id");

    public override string? DetailOrder(PropertySelection properties) => PropertySql.Order(properties);

    public Prefetcher CreatePrefetcher(Prefetch prefetch) => new BuildRequestPrefetcher(prefetch);
}
