using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;

namespace BuildData.Resources.Logs;

/// <summary>Defines all lines of a log, as a file, as a resource.</summary>
internal sealed class RawLogDefinition : ResourceDefinition, IEndpointSource
{
    public static RawLogDefinition Instance { get; } = new();

    public override string Kind => "raw log";

    public override string PluralName => "raw_logs";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.RawLog;

    public override Type ResourceType => typeof(RawLog);

    public override IReadOnlyList<Field> Fields { get; } =
    [
        new Field<RawLog>("raw", FieldType.Text, column: null, static log => log.Raw),
        new Field<RawLog>("mime_type", FieldType.Text, column: null, static log => log.MimeType),
        new Field<RawLog>("filename", FieldType.Text, column: null, static log => log.Filename, isNullable: true),
    ];

    public IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        .. LogPaths.OfSingleLogs.Select(path => Endpoint.One<RawLog>(path.Pattern + "/raw", (in values) => new RawOfLog(path.Log(values)))),
        .. LogPaths.OfSingleLogs.Select(path => Endpoint.One<RawLog>(path.Pattern + "/raw_inline", (in values) => new RawOfLog(path.Log(values), IsInline: true))),
    ];
}
