using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;

namespace BuildData.Resources.Masters;

/// <summary>Defines the resource type of masters.</summary>
internal sealed class MasterDefinition : TableDefinition<MasterInfo>, IEndpointSource
{
    public static MasterDefinition Instance { get; } = new();

    public override string Kind => "master";

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
    ];

    public override EventPath[] EventPaths(object resource, long id) => [new("masters", id)];

    public override long IdOf(MasterInfo resource) => resource.MasterId;
}
