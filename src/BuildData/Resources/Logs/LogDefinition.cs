using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;
using BuildData.Resources.Builds;
using BuildData.Updating.Prefetching;

namespace BuildData.Resources.Logs;

/// <summary>Defines the resource type of logs.</summary>
internal sealed class LogDefinition : TableDefinition<StepLog>, IEndpointSource, IPrefetchSource
{
    /// <summary>The name of the event that announces the removal of a log's lines.</summary>
    public const string ContentRemovedEventName = "content_removed";

    public static LogDefinition Instance { get; } = new();

    public override string Kind => "log";

    public override string PluralName => "logs";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.StepLog;

    public override ResourceTable ResourceTable => ResourceTables.Logs;

    public override string Table => "logs AS log";

    public override string Alias => "log";

    public override IReadOnlyList<Field<StepLog>> Fields { get; } =
    [
        new("logid", FieldType.Integer, "log.id", static log => log.LogId),
        new("name", FieldType.Text, "log.name", static log => log.Name),
        new SlugField(),
        new("stepid", FieldType.Integer, "log.step_id", static log => log.StepId),
        new("buildid", FieldType.Integer, "log.build_id", static log => log.BuildId),
        new("complete", FieldType.Flag, "log.complete", static log => log.Complete),
        new("complete_at", FieldType.Time, "log.complete_at", static log => log.CompleteAt, isNullable: true),
        new("num_lines", FieldType.Integer, "log.num_lines", static log => log.NumLines),
        new("num_bytes", FieldType.Integer, "log.num_bytes", static log => log.NumBytes),
        new("num_replaced", FieldType.Integer, "log.num_replaced", static log => log.NumReplaced),
        new LogTypeField(),
    ];

    public IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        .. LogPaths.OfCollections.Select(path => Endpoint.All<StepLog>(path.Pattern, (in values) => new LogsOfStep(path.Step(values)))),
        .. LogPaths.OfSingleLogs.Select(path => Endpoint.One<StepLog>(path.Pattern, (in values) => new LogByRef(path.Log(values)))),
    ];

    public override IReadOnlyList<string> EventPatterns { get; } = ["/logs/*", "/steps/*/logs/{slug}"];

    public override IReadOnlyList<string> PublicEventNames { get; } = ["new", "append", "finished", ContentRemovedEventName];

    public override EventPath[] EventPaths(object resource, long id)
    {
        var log = (StepLog)resource;
        return [new("logs", id), new("steps", log.StepId, "logs", log.Slug)];
    }

    public override bool StateShowsEvent(object resource, string eventName) => (eventName, (StepLog)resource) switch
    {
        ("new", _) => true,
        ("finished", { Complete: true }) => true,
        (ContentRemovedEventName, { Type: LogType.Removed }) => true,
        _ => false,
    };

    public override ResourceDefinition Owner => BuildDefinition.Instance;

    public override long IdOf(StepLog resource) => resource.LogId;

    public override long OwnerIdOf(StepLog resource) => resource.BuildId;

    public Prefetcher CreatePrefetcher(Prefetch prefetch) => new LogPrefetcher(prefetch);

    protected override SelectList<StepLog> CreateSelectList() => SelectLists.FromFields(Fields);
}
