using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;
using BuildData.Stores;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData.Resources.Builders;

/// <summary>Defines the resource type of builders.</summary>
internal sealed class BuilderDefinition : TableDefinition<Builder>, IEndpointSource, IPrefetchSource
{
    public static BuilderDefinition Instance { get; } = new();

    private const int ColumnCount = 6;

    public override string Kind => "builder";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.Builder;

    public override DataTable DataTable => DataTables.Builders;

    public override string Table => "builders AS d";

    public override string Alias => "d";

    public override string Columns =>
        """
        d.id AS BuilderId, d.name AS Name, d.description AS Description, d.description_format AS DescriptionFormat,
        d.description_html AS DescriptionHtml, d.project_id AS ProjectId
        """;

    public override IReadOnlyList<Field<Builder>> Fields { get; } =
    [
        new("builderid", FieldType.Integer, "d.id", static builder => builder.BuilderId),
        new("name", FieldType.Text, "d.name", static builder => builder.Name),
        new("description", FieldType.Text, "d.description", static builder => builder.Description, isNullable: true),
        new("description_format", FieldType.Text, "d.description_format", static builder => builder.DescriptionFormat, isNullable: true),
        new("description_html", FieldType.Text, "d.description_html", static builder => builder.DescriptionHtml, isNullable: true),
        new("projectid", FieldType.Integer, "d.project_id", static builder => builder.ProjectId, isNullable: true),
        new TagsField(),
        new("masterids", FieldType.Structure, "", null),
    ];

    public IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        Endpoint.All<Builder>("/builders", static (in _) => new AllBuilders()),
        Endpoint.One<Builder>("/builders/{builderid_or_buildername:number_or_name}", static (in path) => new BuilderByRef(BuilderRef.From(path, 0))),
    ];

    public override IReadOnlyList<string> EventPatterns { get; } = ["/builders/*"];

    public override IReadOnlyList<string> EventNames { get; } = ["update"];

    public override EventPath[] EventPaths(object resource, long id) => [new("builders", id)];

    public override long KeyOf(Builder resource) => resource.BuilderId;

    public override ResourceSink<Builder> CreateSink(PropertySelection properties) =>
        new DetailedSink<BuilderRow, BuilderTagRow, Builder>(ColumnCount, BuilderRow.ToBuilder);

    public override void AppendDetailColumns(SqlBuilder sql, PropertySelection properties) => sql.Append(", g.tag AS Tag");

    public override void AppendDetailJoins(SqlBuilder sql, PropertySelection properties) =>
        sql.Append(" LEFT JOIN builder_tags AS g ON g.builder_id = d.id");

    public override string? DetailOrder(PropertySelection properties) => "g.position";

    public Prefetcher CreatePrefetcher(Prefetch prefetch) => new BuilderPrefetcher(prefetch);
}
