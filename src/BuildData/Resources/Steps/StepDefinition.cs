using System.Text.Json.Serialization.Metadata;
using BuildData.Definitions;
using BuildData.Paths;
using BuildData.Resources.Builds;
using BuildData.Updating.Prefetching;

namespace BuildData.Resources.Steps;

/// <summary>Defines the resource type of steps.</summary>
internal sealed class StepDefinition : TableDefinition<Step>, IEndpointSource, IPrefetchSource
{
    public static StepDefinition Instance { get; } = new();

    public override string Kind => "step";

    public override string PluralName => "steps";

    public override JsonTypeInfo JsonType => BuildDataJsonContext.Default.Step;

    public override ResourceTable ResourceTable => ResourceTables.Steps;

    public override string Table => "steps AS step";

    public override string Alias => "step";

    public override IReadOnlyList<Field<Step>> Fields { get; } =
    [
        new("stepid", FieldType.Integer, "step.id", static step => step.StepId) { IndexedParents = ["step.builder_id"] },
        new("buildid", FieldType.Integer, "step.build_id", static step => step.BuildId),
        new("number", FieldType.Integer, "step.number", static step => step.Number),
        new("name", FieldType.Text, "step.name", static step => step.Name),
        new("title", FieldType.Text, "step.title", static step => step.Title, isNullable: true),
        new("started_at", FieldType.Time, "step.started_at", static step => step.StartedAt, isNullable: true),
        new("locks_acquired_at", FieldType.Time, "step.locks_acquired_at", static step => step.LocksAcquiredAt, isNullable: true),
        new CompleteField<Step>("steps", "step", static step => step.Complete),
        new("complete_at", FieldType.Time, "step.complete_at", static step => step.CompleteAt, isNullable: true),
        new("state_string", FieldType.Text, "step.state_string", static step => step.StateString),
        new ResultsField<Step>("step.results", static step => step.Results)
        {
            IndexedParents = ["step.builder_id"],
            OrdersOfEachResult = ["step.id"],
            OrdersOfUnsuccessful = ["step.id"],
        },
        new JsonFieldStoredAsText<Step, IReadOnlyList<StepUrl>>("urls", "step.urls", StepUrlsSerializer.Read),
        new("hidden", FieldType.Flag, "step.hidden", static step => step.Hidden),
    ];

    public IReadOnlyList<Endpoint> Endpoints { get; } =
    [
        Endpoint.All<Step>("/steps", static (in _) => new AllSteps()),
        Endpoint.One<Step>("/steps/{stepid:number}", static (in path) => new StepById(path.Number(0))),
        Endpoint.All<Step>("/builds/{buildid:number}/steps", static (in path) => new StepsOfBuild(path.Number(0))),
        Endpoint.One<Step>("/builds/{buildid:number}/steps/{step_number:number}", static (in path) => new StepByNumber(path.Number(0), path.Number(1))),
        Endpoint.One<Step>("/builds/{buildid:number}/steps/{step_name:identifier}", static (in path) => new StepByName(path.Number(0), path.Name(1))),
        Endpoint.All<Step>("/builders/{builderid_or_buildername:number_or_name}/steps", static (in path) => new StepsOfBuilder(BuilderRef.From(path, 0))),
        Endpoint.All<Step>(
            "/builders/{builderid_or_buildername:number_or_name}/builds/{build_number:number}/steps",
            static (in path) => new StepsOfBuild(new BuildRef(BuilderRef.From(path, 0), path.Number(1)))),
        Endpoint.One<Step>(
            "/builders/{builderid_or_buildername:number_or_name}/builds/{build_number:number}/steps/{step_number:number}",
            static (in path) => new StepByNumber(new BuildRef(BuilderRef.From(path, 0), path.Number(1)), path.Number(2))),
        Endpoint.One<Step>(
            "/builders/{builderid_or_buildername:number_or_name}/builds/{build_number:number}/steps/{step_name:identifier}",
            static (in path) => new StepByName(new BuildRef(BuilderRef.From(path, 0), path.Number(1)), path.Name(2))),
    ];

    public override IReadOnlyList<string> EventPatterns { get; } = ["/steps/*", "/builds/*/steps/*"];

    public override IReadOnlyList<string> PublicEventNames { get; } = ["new", "started", "updated", "finished"];

    public override EventPath[] EventPaths(object resource, long id)
    {
        var step = (Step)resource;
        return [new("steps", id), new("builds", step.BuildId, "steps", id)];
    }

    public override bool StateShowsEvent(object resource, string eventName) => (eventName, (Step)resource) switch
    {
        ("new", _) => true,
        ("started", { StartedAt: not null }) => true,
        ("finished", { Complete: true }) => true,
        _ => false,
    };

    public override ResourceDefinition Owner => BuildDefinition.Instance;

    public override long IdOf(Step resource) => resource.StepId;

    public override long OwnerIdOf(Step resource) => resource.BuildId;

    public Prefetcher CreatePrefetcher(Prefetch prefetch) => new StepPrefetcher(prefetch);

    protected override SelectList<Step> CreateSelectList() => SelectLists.FromFields(Fields);
}
