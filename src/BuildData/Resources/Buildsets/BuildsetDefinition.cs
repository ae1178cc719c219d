using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;
using BuildData.Queries;
using BuildData.Resources.SourceStamps;
using BuildData.Stores;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData.Resources.Buildsets;

/// <summary>Defines the resource type of buildsets.</summary>
internal sealed class BuildsetDefinition : TableDefinition<Buildset>, IEndpointSource, IPrefetchSource, IFilterRelations, IIncludes
{
    public static BuildsetDefinition Instance { get; } = new();

    public override string Kind => "buildset";

    public override string PluralName => "buildsets";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.Buildset;

    public override ResourceTable ResourceTable => ResourceTables.Buildsets;

    public override string Table => "buildsets AS buildset";

    public override string Alias => "buildset";

    public override IReadOnlyList<Field<Buildset>> Fields { get; } =
    [
        new("bsid", FieldType.Integer, "buildset.id", static buildset => buildset.BuildsetId, propertyName: nameof(Buildset.BuildsetId)),
        new("scheduler", FieldType.Text, "buildset.scheduler", static buildset => buildset.Scheduler, isNullable: true),
        new("external_idstring", FieldType.Text, "buildset.external_idstring", static buildset => buildset.ExternalIdString, isNullable: true),
        new("reason", FieldType.Text, "buildset.reason", static buildset => buildset.Reason),
        new("submitted_at", FieldType.Time, "buildset.submitted_at", static buildset => buildset.SubmittedAt),
        new CompleteField<Buildset>("buildsets", "buildset", static buildset => buildset.Complete),
        new("complete_at", FieldType.Time, "buildset.complete_at", static buildset => buildset.CompleteAt, isNullable: true),
        new ResultsField<Buildset>("buildset.results", static buildset => buildset.Results) { OrdersOfEachResult = ["buildset.id"] },
        new("parent_buildid", FieldType.Integer, "buildset.parent_build_id", static buildset => buildset.ParentBuildId, isNullable: true),
        new("parent_relationship", FieldType.Text, "buildset.parent_relationship", static buildset => buildset.ParentRelationship, isNullable: true),
        new("rebuilt_buildid", FieldType.Integer, "buildset.rebuilt_build_id", static buildset => buildset.RebuiltBuildId, isNullable: true),
        new JsonField<Buildset>("sourcestamps"),
    ];

    public IReadOnlyList<FilterRelation> Relations { get; } = [BuildsetRelations.Properties, BuildsetRelations.SourceStamps];

    public IReadOnlyList<Include> Includes => BuildsetIncludes.All;

    public IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        Endpoint.All<Buildset>("/buildsets", static (in _) => new AllBuildsets()),
        Endpoint.All<Buildset>("/sourcestamps/{ssid:number}/buildsets", static (in path) => new BuildsetsOfSourceStamp(path.Number(0))),
        Endpoint.One<Buildset>("/buildsets/{bsid:number}", static (in path) => new BuildsetById(path.Number(0))),
    ];

    public override IReadOnlyList<string> EventPatterns { get; } = ["/buildsets/*"];

    public override IReadOnlyList<string> PublicEventNames { get; } = ["new", "complete", RemovedEventName];

    public override EventPath[] EventPaths(object resource, long id) => [new("buildsets", id)];

    public override bool StateShowsEvent(object resource, string eventName) =>
        eventName == "new" || (eventName == "complete" && ((Buildset)resource).Complete);

    public override long IdOf(Buildset resource) => resource.BuildsetId;

    public override ResourceSink<Buildset> CreateSink(PropertySelection properties) =>
        new MultiRowResourceSink<Buildset, SourceStamp, Buildset>(
            SelectList,
            SourceStampDefinition.Instance.SelectList,
            static (buildset, stamps) => stamps.Count == 0 ? buildset : buildset with { SourceStamps = new EquatableList<SourceStamp>([.. stamps]) });

    public override void AppendDetailColumns(SqlBuilder sql, PropertySelection properties) =>
        sql.Append(", ").Append(SourceStampDefinition.Instance.Columns);

    public override void AppendDetailJoins(SqlBuilder sql, PropertySelection properties) => sql.Append(
        """
         LEFT JOIN buildset_sourcestamps AS link ON link.buildset_id = buildset.id
        LEFT JOIN sourcestamps AS stamp ON stamp.id = link.sourcestamp_id LEFT JOIN patches AS patch ON patch.id = stamp.patch_id
        """);

    public override string? DetailOrderColumn(PropertySelection properties) => "link.sourcestamp_id";

    public Prefetcher CreatePrefetcher(Prefetch prefetch) => new BuildsetPrefetcher(prefetch);

    protected override SelectList<Buildset> CreateSelectList() => SelectLists.FromFields(Fields);
}
