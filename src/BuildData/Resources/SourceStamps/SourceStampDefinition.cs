using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData.Resources.SourceStamps;

/// <summary>Defines the resource type of source stamps.</summary>
internal sealed class SourceStampDefinition : TableDefinition<SourceStamp>, IEndpointSource, IPrefetchSource
{
    public static SourceStampDefinition Instance { get; } = new();

    /// <summary>The columns of a source stamp <c>ss</c> and its patch <c>sp</c>, for every SELECT that returns source stamps.</summary>
    public const string StampColumns =
        """
        ss.id AS SourceStampId, ss.branch AS Branch, ss.revision AS Revision, ss.repository AS Repository, ss.project AS Project,
        ss.codebase AS Codebase, ss.created_at AS CreatedAt, sp.id AS PatchId, sp.level AS PatchLevel, sp.subdir AS PatchSubdir,
        sp.author AS PatchAuthor, sp.comment AS PatchComment, sp.body AS PatchBody
        """;

    public override string Kind => "source stamp";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.SourceStamp;

    public override DataTable DataTable => DataTables.SourceStamps;

    public override string Table => "sourcestamps AS ss LEFT JOIN patches AS sp ON sp.id = ss.patch_id";

    public override string Alias => "ss";

    public override string Columns => StampColumns;

    public override IReadOnlyList<Field<SourceStamp>> Fields { get; } =
    [
        new("ssid", FieldType.Integer, "ss.id", static stamp => stamp.SourceStampId),
        new("branch", FieldType.Text, "ss.branch", static stamp => stamp.Branch, isNullable: true),
        new("revision", FieldType.Text, "ss.revision", static stamp => stamp.Revision, isNullable: true),
        new("repository", FieldType.Text, "ss.repository", static stamp => stamp.Repository),
        new("project", FieldType.Text, "ss.project", static stamp => stamp.Project),
        new("codebase", FieldType.Text, "ss.codebase", static stamp => stamp.Codebase),
        new("created_at", FieldType.Time, "ss.created_at", static stamp => stamp.CreatedAt),
        new("patch", FieldType.Structure, "", null),
    ];

    public IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        Endpoint.All<SourceStamp>("/sourcestamps", static (in _) => new AllSourceStamps()),
        Endpoint.One<SourceStamp>("/sourcestamps/{ssid:number}", static (in path) => new SourceStampById(path.Number(0))),
        Endpoint.All<SourceStamp>("/buildsets/{bsid:number}/sourcestamps", static (in path) => new SourceStampsOfBuildset(path.Number(0))),
    ];

    public override EventPath[] EventPaths(object resource, long id) => [new("sourcestamps", id)];

    public override long KeyOf(SourceStamp resource) => resource.SourceStampId;

    public override ResourceSink<SourceStamp> CreateSink(PropertySelection properties) =>
        new PlainSink<SourceStampRow, SourceStamp>(SourceStampRow.ToSourceStamp);

    public Prefetcher CreatePrefetcher(Prefetch prefetch) => new SourceStampPrefetcher(prefetch);
}
