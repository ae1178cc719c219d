using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;
using BuildData.Resources.SourceStamps;
using BuildData.Stores;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData.Resources.Buildsets;

/// <summary>Defines the resource type of buildsets.</summary>
internal sealed class BuildsetDefinition : TableDefinition<Buildset>, IEndpointSource, IPrefetchSource
{
    public static BuildsetDefinition Instance { get; } = new();

    private const int ColumnCount = 11;

    public override string Kind => "buildset";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.Buildset;

    public override DataTable DataTable => DataTables.Buildsets;

    public override string Table => "buildsets AS t";

    public override string Alias => "t";

    public override string Columns =>
        """
        t.id AS BuildsetId, t.scheduler AS Scheduler, t.external_idstring AS ExternalIdString, t.reason AS Reason,
        t.submitted_at AS SubmittedAt, t.complete AS Complete, t.complete_at AS CompleteAt, t.results AS Results,
        t.parent_build_id AS ParentBuildId, t.parent_relationship AS ParentRelationship, t.rebuilt_build_id AS RebuiltBuildId
        """;

    public override IReadOnlyList<Field<Buildset>> Fields { get; } =
    [
        new("bsid", FieldType.Integer, "t.id", static buildset => buildset.BuildsetId),
        new("scheduler", FieldType.Text, "t.scheduler", static buildset => buildset.Scheduler, isNullable: true),
        new("external_idstring", FieldType.Text, "t.external_idstring", static buildset => buildset.ExternalIdString, isNullable: true),
        new("reason", FieldType.Text, "t.reason", static buildset => buildset.Reason),
        new("submitted_at", FieldType.Time, "t.submitted_at", static buildset => buildset.SubmittedAt),
        new("complete", FieldType.Flag, "t.complete", static buildset => buildset.Complete),
        new("complete_at", FieldType.Time, "t.complete_at", static buildset => buildset.CompleteAt, isNullable: true),
        new("results", FieldType.Result, "t.results", static buildset => buildset.Results, isNullable: true),
        new("parent_buildid", FieldType.Integer, "t.parent_build_id", static buildset => buildset.ParentBuildId, isNullable: true),
        new("parent_relationship", FieldType.Text, "t.parent_relationship", static buildset => buildset.ParentRelationship, isNullable: true),
        new("rebuilt_buildid", FieldType.Integer, "t.rebuilt_build_id", static buildset => buildset.RebuiltBuildId, isNullable: true),
        new("sourcestamps", FieldType.Structure, "", null),
    ];

    public IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        Endpoint.All<Buildset>("/buildsets", static (in _) => new AllBuildsets()),
        Endpoint.One<Buildset>("/buildsets/{bsid:number}", static (in path) => new BuildsetById(path.Number(0))),
    ];

    public override IReadOnlyList<string> EventPatterns { get; } = ["/buildsets/*"];

    public override IReadOnlyList<string> EventNames { get; } = ["new", "complete"];

    public override EventPath[] EventPaths(object resource, long id) => [new("buildsets", id)];

    public override bool HasHappened(object resource, string eventName) =>
        eventName == "new" || (eventName == "complete" && ((Buildset)resource).Complete);

    public override long KeyOf(Buildset resource) => resource.BuildsetId;

    public override ResourceSink<Buildset> CreateSink(PropertySelection properties) =>
        new DetailedSink<BuildsetRow, SourceStampRow, Buildset>(ColumnCount, BuildsetRow.ToBuildset);

    public override void AppendDetailColumns(SqlBuilder sql, PropertySelection properties) =>
        sql.Append(", ").Append(SourceStampDefinition.StampColumns);

    public override void AppendDetailJoins(SqlBuilder sql, PropertySelection properties) => sql.Append(
        """
         LEFT JOIN buildset_sourcestamps AS ts ON ts.buildset_id = t.id
        LEFT JOIN sourcestamps AS ss ON ss.id = ts.sourcestamp_id LEFT JOIN patches AS sp ON sp.id = ss.patch_id
        """);

    public override string? DetailOrder(PropertySelection properties) => "ts.sourcestamp_id";

    public Prefetcher CreatePrefetcher(Prefetch prefetch) => new BuildsetPrefetcher(prefetch);
}
