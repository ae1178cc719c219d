using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;
using BuildData.Queries;
using BuildData.Resources.Properties;
using BuildData.Stores;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData.Resources.BuildRequests;

/// <summary>Defines the resource type of build requests.</summary>
internal sealed class BuildRequestDefinition : TableDefinition<BuildRequest>, IEndpointSource, IPrefetchSource, IFilterRelations, IIncludes
{
    public static BuildRequestDefinition Instance { get; } = new();

    public override string Kind => "build request";

    public override string PluralName => "buildrequests";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.BuildRequest;

    public override ResourceTable ResourceTable => ResourceTables.BuildRequests;

    public override string Table => "buildrequests AS request";

    public override string Alias => "request";

    public override IReadOnlyList<Field<BuildRequest>> Fields { get; } =
    [
        new("buildrequestid", FieldType.Integer, "request.id", static request => request.BuildRequestId) { IndexedParents = ["request.builder_id"] },
        new("buildsetid", FieldType.Integer, "request.buildset_id", static request => request.BuildsetId),
        new("builderid", FieldType.Integer, "request.builder_id", static request => request.BuilderId) { IsFirstInIndexes = true },
        new("priority", FieldType.Integer, "request.priority", static request => request.Priority),
        new ClaimedField(),
        new("claimed_at", FieldType.Time, "request.claimed_at", static request => request.ClaimedAt, isNullable: true),
        new("claimed_by_masterid", FieldType.Integer, "request.claimed_by", static request => request.ClaimedByMasterId, isNullable: true),
        new CompleteField<BuildRequest>("buildrequests", "request", static request => request.Complete),
        new("complete_at", FieldType.Time, "request.complete_at", static request => request.CompleteAt, isNullable: true),
        new ResultsField<BuildRequest>("request.results", static request => request.Results) { OrdersOfEachResult = ["request.id"] },
        new("submitted_at", FieldType.Time, "request.submitted_at", static request => request.SubmittedAt) { IndexedParents = ["request.builder_id"] },
        new("waited_for", FieldType.Flag, "request.waited_for", static request => request.WaitedFor),
        new("replaced_by_buildrequestid", FieldType.Integer, "request.replaced_by", static request => request.ReplacedByBuildRequestId, isNullable: true),
        new("cancel_requested_at", FieldType.Time, "request.cancel_requested_at", static request => request.CancelRequestedAt, isNullable: true),
        new("cancel_reason", FieldType.Text, "request.cancel_reason", static request => request.CancelReason, isNullable: true),
        new JsonField<BuildRequest>("properties"),
    ];

    public IReadOnlyList<FilterRelation> Relations { get; } = [BuildRequestRelations.Properties, BuildRequestRelations.SourceStamps];

    public IReadOnlyList<Include> Includes => BuildRequestIncludes.All;

    public IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        Endpoint.All<BuildRequest>("/buildrequests", static (in _) => new AllBuildRequests()),
        Endpoint.One<BuildRequest>("/buildrequests/{buildrequestid:number}", static (in path) => new BuildRequestById(path.Number(0))),
        Endpoint.All<BuildRequest>(
            "/builders/{builderid_or_buildername:number_or_name}/buildrequests",
            static (in path) => new BuildRequestsOfBuilder(BuilderRef.From(path, 0))),
        Endpoint.One<BuildRequest>("/builds/{buildid:number}/buildrequest", static (in path) => new BuildRequestOfBuild(path.Number(0))),
        Endpoint.One<BuildRequest>(
            "/builders/{builderid_or_buildername:number_or_name}/builds/{build_number:number}/buildrequest",
            static (in path) => new BuildRequestOfBuild(new BuildRef(BuilderRef.From(path, 0), path.Number(1)))),
        Endpoint.All<BuildRequest>("/buildsets/{bsid:number}/buildrequests", static (in path) => new BuildRequestsOfBuildset(path.Number(0))),
    ];

    public override IReadOnlyList<string> EventPatterns { get; } =
        ["/buildrequests/*", "/builders/*/buildrequests/*", "/buildsets/*/builders/*/buildrequests/*"];

    public override IReadOnlyList<string> PublicEventNames { get; } = ["new", "claimed", "unclaimed", "cancel", "complete", RemovedEventName];

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

    // A request has no map at all, not an empty one, if no properties are selected.
    public override object WithOnlyProperties(object resource, PropertySelection properties) =>
        resource is BuildRequest { Properties: { } all } request ? request with { Properties = properties.IsEmpty ? null : all.Only(properties) } : resource;

    public override bool StateShowsEvent(object resource, string eventName) => (eventName, (BuildRequest)resource) switch
    {
        ("new", _) => true,
        ("claimed", { Claimed: true }) => true,
        ("cancel", { CancelRequestedAt: not null }) => true,
        ("complete", { Complete: true }) => true,
        _ => false,
    };

    public override long IdOf(BuildRequest resource) => resource.BuildRequestId;

    public override ResourceSink<BuildRequest> CreateSink(PropertySelection properties) =>
        properties.IsEmpty
            ? base.CreateSink(properties)
            : new MultiRowResourceSink<BuildRequest, KeyValuePair<string, Property>, BuildRequest>(
                SelectList, PropertySql.PropertyColumns, static (request, properties) => request with { Properties = PropertySql.ToMap(properties) });

    public override void AppendDetailColumns(SqlBuilder sql, PropertySelection properties) => PropertySql.AppendPropertyColumns(sql, properties);

    public override void AppendDetailJoins(SqlBuilder sql, PropertySelection properties) =>
        PropertySql.AppendPropertyJoin(sql, properties, "buildset_properties AS property ON property.buildset_id = request.buildset_id");

    public override string? DetailOrderColumn(PropertySelection properties) => PropertySql.GetOrderColumn(properties);

    public Prefetcher CreatePrefetcher(Prefetch prefetch) => new BuildRequestPrefetcher(prefetch);

    protected override SelectList<BuildRequest> CreateSelectList() => SelectLists.FromFields(Fields);
}
