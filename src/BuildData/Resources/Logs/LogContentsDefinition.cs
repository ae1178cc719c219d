using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;

namespace BuildData.Resources.Logs;

/// <summary>Defines the lines of a log as a resource.</summary>
internal sealed class LogContentsDefinition : ResourceDefinition, IEndpointSource
{
    public const string WatchRefusal = "the lines of a log can be long. Follow them with Logs.Tail, or watch the log itself.";

    public static LogContentsDefinition Instance { get; } = new();

    public override string Kind => "log content";

    public override string PluralName => "logchunks";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.LogContents;

    public override Type ResourceType => typeof(LogContents);

    public override IReadOnlyList<Field> Fields { get; } =
    [
        new Field<LogContents>("logid", FieldType.Integer, column: null, static contents => contents.LogId),
        new Field<LogContents>("firstline", FieldType.Integer, column: null, static contents => contents.FirstLine),
        new Field<LogContents>("content", FieldType.Text, column: null, static contents => contents.Content),
    ];

    public IReadOnlyList<Endpoint> Endpoints { get; } =
        [.. LogPaths.OfSingleLogs.Select(path => Endpoint.One<LogContents>(path.Pattern + "/contents", (in values) => new ContentsOfLog(path.Log(values))))];
}
