using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;

namespace BuildData.Resources.Logs.Sizes;

/// <summary>Defines the sizes of logs, which <see cref="LogSizesSql"/> computes.</summary>
internal sealed class LogSizesDefinition : ComputedDefinition<LogSizes>, IEndpointSource
{
    public const string WatchRefusal = "the sizes of logs can't be watched. Subscribe to the events of '/logs/*', and read the sizes again.";

    public static LogSizesDefinition Instance { get; } = new();

    public override string Kind => "log size";

    public override string PluralName => "log_sizes";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.LogSizes;

    public override ResourceDefinition Source => LogDefinition.Instance;

    public override string Alias => "size";

    public override IReadOnlyList<Field<LogSizes>> Fields { get; } =
    [
        new("builderid", FieldType.Integer, "size.builder_id", static size => size.BuilderId),
        new("builder_name", FieldType.Text, "size.builder_name", static size => size.BuilderName),
        new("logs", FieldType.Integer, "size.logs", static size => size.Logs),
        new("num_lines", FieldType.Integer, "size.num_lines", static size => size.NumLines),
        new("num_bytes", FieldType.Integer, "size.num_bytes", static size => size.NumBytes),
        new("stored_bytes", FieldType.Integer, "size.stored_bytes", static size => size.StoredBytes),
    ];

    public override IReadOnlyList<Field<LogSizes>> Keys => field ??= [Fields[0]];

    public IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        Endpoint.All<LogSizes>("/log_sizes", static (in _) => new AllLogSizes()),
        Endpoint.All<LogSizes>("/builders/{builderid_or_buildername:number_or_name}/log_sizes", static (in path) => new LogSizesOfBuilder(BuilderRef.From(path, 0))),
    ];

    protected override SelectList<LogSizes> CreateSelectList() => SelectLists.FromFields(Fields);
}
