using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;
using BuildData.Values;

namespace BuildData.Resources.Masters;

/// <summary>Defines the resource type of masters.</summary>
internal sealed class MasterDefinition : TableDefinition<MasterInfo>, IEndpointSource
{
    public static MasterDefinition Instance { get; } = new();

    public override string Kind => "master";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.MasterInfo;

    public override DataTable DataTable => DataTables.Masters;

    public override string Table => "masters AS m";

    public override string Alias => "m";

    public override string Columns => "m.id AS MasterId, m.name AS Name, m.active AS Active, m.last_active AS LastActive";

    public override IReadOnlyList<Field<MasterInfo>> Fields { get; } =
    [
        new("masterid", FieldType.Integer, "m.id", static master => master.MasterId),
        new("name", FieldType.Text, "m.name", static master => master.Name),
        new("active", FieldType.Flag, "m.active", static master => master.Active),
        new("last_active", FieldType.Time, "m.last_active", static master => master.LastActive),
    ];

    public IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        Endpoint.All<MasterInfo>("/masters", static (in _) => new AllMasters()),
        Endpoint.One<MasterInfo>("/masters/{masterid:number}", static (in path) => new MasterById(path.Number(0))),
    ];

    public override EventPath[] EventPaths(object resource, long id) => [new("masters", id)];

    public override long KeyOf(MasterInfo resource) => resource.MasterId;

    public override ResourceSink<MasterInfo> CreateSink(PropertySelection properties) => new PlainSink<MasterRow, MasterInfo>(MasterRow.ToMaster);
}
