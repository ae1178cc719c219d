using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;
using BuildData.Queries;
using BuildData.Stores;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData.Resources.Builders;

/// <summary>Defines the resource type of builders.</summary>
internal sealed class BuilderDefinition : TableDefinition<Builder>, IEndpointSource, IPrefetchSource, IIncludes
{
    public static BuilderDefinition Instance { get; } = new();

    private static readonly SelectList<string> Tag = new(["tag.tag"], static (row, start) => row.GetString(start));

    public override string Kind => "builder";

    public override string PluralName => "builders";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.Builder;

    public override ResourceTable ResourceTable => ResourceTables.Builders;

    public override string Table => "builders AS builder";

    public override string Alias => "builder";

    public override IReadOnlyList<Field<Builder>> Fields { get; } =
    [
        new("builderid", FieldType.Integer, "builder.id", static builder => builder.BuilderId),
        new("name", FieldType.Text, "builder.name", static builder => builder.Name),
        new("description", FieldType.Text, "builder.description", static builder => builder.Description, isNullable: true),
        new("description_format", FieldType.Text, "builder.description_format", static builder => builder.DescriptionFormat, isNullable: true),
        new("description_html", FieldType.Text, "builder.description_html", static builder => builder.DescriptionHtml, isNullable: true),
        new("projectid", FieldType.Integer, "builder.project_id", static builder => builder.ProjectId, isNullable: true),
        new TagsField(),
        new MasterIdsField(),
    ];

    public IReadOnlyList<Include> Includes => BuilderIncludes.All;

    public IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        Endpoint.All<Builder>("/builders", static (in _) => new AllBuilders()),
        Endpoint.One<Builder>("/builders/{builderid_or_buildername:number_or_name}", static (in path) => new BuilderByRef(BuilderRef.From(path, 0))),
        Endpoint.All<Builder>("/masters/{masterid:number}/builders", static (in path) => new BuildersOfMaster(path.Number(0))),
        Endpoint.One<Builder>(
            "/masters/{masterid:number}/builders/{builderid_or_buildername:number_or_name}",
            static (in path) => new BuilderOfMaster(path.Number(0), BuilderRef.From(path, 1))),
        Endpoint.All<Builder>("/workers/{workerid:number}/builders", static (in path) => new BuildersOfWorker(path.Number(0))),
        Endpoint.All<Builder>("/workers/{name:identifier}/builders", static (in path) => new BuildersOfWorker(path.Name(0))),
    ];

    public override IReadOnlyList<string> EventPatterns { get; } = ["/builders/*"];

    public override IReadOnlyList<string> PublicEventNames { get; } = ["new", "update", RemovedEventName];

    public override EventPath[] EventPaths(object resource, long id) => [new("builders", id)];

    public override bool StateShowsEvent(object resource, string eventName) => eventName == "new";

    public override long IdOf(Builder resource) => resource.BuilderId;

    public override ResourceSink<Builder> CreateSink(PropertySelection properties) =>
        new MultiRowResourceSink<Builder, string, Builder>(
            SelectList, Tag, static (builder, tags) => tags.Count == 0 ? builder : builder with { Tags = new EquatableList<string>([.. tags]) });

    public override void AppendDetailColumns(SqlBuilder sql, PropertySelection properties) => sql.Append(", ").Append(Tag.Text);

    public override void AppendDetailJoins(SqlBuilder sql, PropertySelection properties) =>
        sql.Append(" LEFT JOIN builder_tags AS tag ON tag.builder_id = builder.id");

    public override string? DetailOrderColumn(PropertySelection properties) => "tag.position";

    public Prefetcher CreatePrefetcher(Prefetch prefetch) => new BuilderPrefetcher(prefetch);

    protected override SelectList<Builder> CreateSelectList() => SelectLists.FromFields(Fields);
}
