using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;

namespace BuildData.Resources.Masters;

/// <summary>Defines the resource type of masters.</summary>
internal sealed class MasterDefinition : TableDefinition<MasterInfo>, IEndpointSource
{
    public static MasterDefinition Instance { get; } = new();

    public override string Kind => "master";

    public override string PluralName => "masters";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.MasterInfo;

    public override ResourceTable ResourceTable => ResourceTables.Masters;

    public override string Table => "masters AS master";

    public override string Alias => "master";

    public override IReadOnlyList<Field<MasterInfo>> Fields { get; } =
    [
        new("masterid", FieldType.Integer, "master.id", static master => master.MasterId),
        new("name", FieldType.Text, "master.name", static master => master.Name),
        new("active", FieldType.Flag, "master.active", static master => master.Active),
        new("last_active", FieldType.Time, "master.last_active", static master => master.LastActive),
    ];

    public IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        Endpoint.All<MasterInfo>("/masters", static (in _) => new AllMasters()),
        Endpoint.One<MasterInfo>("/masters/{masterid:number}", static (in path) => new MasterById(path.Number(0))),
        Endpoint.All<MasterInfo>("/builders/{builderid_or_buildername:number_or_name}/masters", static (in path) => new MastersOfBuilder(BuilderRef.From(path, 0))),
        Endpoint.One<MasterInfo>(
            "/builders/{builderid_or_buildername:number_or_name}/masters/{masterid:number}",
            static (in path) => new MasterOfBuilder(BuilderRef.From(path, 0), path.Number(1))),
    ];

    public override IReadOnlyList<string> EventPatterns { get; } = ["/masters/*"];

    public override IReadOnlyList<string> PublicEventNames { get; } = ["started", "stopped"];

    public override EventPath[] EventPaths(object resource, long id) => [new("masters", id)];

    public override bool StateShowsEvent(object resource, string eventName) => (eventName, ((MasterInfo)resource).Active) switch
    {
        ("started", true) => true,
        ("stopped", false) => true,
        _ => false,
    };

    public override long IdOf(MasterInfo resource) => resource.MasterId;

    protected override SelectList<MasterInfo> CreateSelectList() => SelectLists.FromFields(Fields);
}
