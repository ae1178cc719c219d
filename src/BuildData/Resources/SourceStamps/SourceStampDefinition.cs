using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;
using BuildData.Updating.Prefetching;

namespace BuildData.Resources.SourceStamps;

/// <summary>Defines the resource type of source stamps.</summary>
internal sealed class SourceStampDefinition : TableDefinition<SourceStamp>, IEndpointSource, IPrefetchSource
{
    public static SourceStampDefinition Instance { get; } = new();

    public override string Kind => "source stamp";

    public override string PluralName => "sourcestamps";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.SourceStamp;

    public override ResourceTable ResourceTable => ResourceTables.SourceStamps;

    public override string Table => "sourcestamps AS stamp LEFT JOIN patches AS patch ON patch.id = stamp.patch_id";

    public override string Alias => "stamp";

    public override IReadOnlyList<Field<SourceStamp>> Fields { get; } =
    [
        new("ssid", FieldType.Integer, "stamp.id", static stamp => stamp.SourceStampId, propertyName: nameof(SourceStamp.SourceStampId)),
        new IndexedTextField<SourceStamp>("branch", "stamp.branch", static stamp => stamp.Branch, isNullable: true),
        new IndexedTextField<SourceStamp>("revision", "stamp.revision", static stamp => stamp.Revision, isNullable: true),
        new("repository", FieldType.Text, "stamp.repository", static stamp => stamp.Repository),
        new("project", FieldType.Text, "stamp.project", static stamp => stamp.Project),
        new("codebase", FieldType.Text, "stamp.codebase", static stamp => stamp.Codebase),
        new("created_at", FieldType.Time, "stamp.created_at", static stamp => stamp.CreatedAt),
        new JsonField<SourceStamp>("patch"),
    ];

    /// <summary>Gets the fields of a source stamp's patch.</summary>
    public static IReadOnlyList<Field<Patch>> PatchFields { get; } =
    [
        new("patchid", FieldType.Integer, "patch.id", static patch => patch.PatchId),
        new("level", FieldType.Integer, "patch.level", static patch => patch.Level),
        new("subdir", FieldType.Text, "patch.subdir", static patch => patch.Subdir, isNullable: true),
        new("author", FieldType.Text, "patch.author", static patch => patch.Author),
        new("comment", FieldType.Text, "patch.comment", static patch => patch.Comment),
        new("body", FieldType.Text, "patch.body", static patch => patch.Body),
    ];

    public IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        Endpoint.All<SourceStamp>("/sourcestamps", static (in _) => new AllSourceStamps()),
        Endpoint.One<SourceStamp>("/sourcestamps/{ssid:number}", static (in path) => new SourceStampById(path.Number(0))),
        Endpoint.All<SourceStamp>("/buildsets/{bsid:number}/sourcestamps", static (in path) => new SourceStampsOfBuildset(path.Number(0))),
    ];

    public override EventPath[] EventPaths(object resource, long id) => [new("sourcestamps", id)];

    public override long IdOf(SourceStamp resource) => resource.SourceStampId;

    protected override SelectList<SourceStamp> CreateSelectList() =>
        SelectLists.FromFields(Fields).WithPart(SelectLists.FromFields(PatchFields), static (stamp, patch) => stamp with { Patch = patch });

    public Prefetcher CreatePrefetcher(Prefetch prefetch) => new SourceStampPrefetcher(prefetch);
}
