using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Resources.Steps;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData;

/// <summary>Represents the query of the endpoint <c>/steps</c>, which returns the steps of all builds.</summary>
public sealed record AllSteps : CollectionQuery<Step>
{
    /// <inheritdoc/>
    public override string Path => "/steps";

    internal override TableDefinition<Step> Resource => StepDefinition.Instance;

    internal override bool IsWholeCollection => true;

    internal override IReadOnlyCollection<string> EventPatterns => ["/steps/*"];

    internal override IReadOnlyCollection<string> OwnerEventPatterns => ["/builds/*"];

    internal override ValueTask<bool> Has(Step step, IRelatedResources related, CancellationToken cancellationToken) =>
        new(true);
}

/// <summary>Represents the query of the endpoint <c>/steps/{stepid}</c>, which returns one step.</summary>
/// <param name="StepId">The step's id.</param>
public sealed record StepById(long StepId) : SingleQuery<Step>
{
    /// <inheritdoc/>
    public override string Path => $"/steps/{StepId}";

    internal override ResourceDefinition Resource => StepDefinition.Instance;

    internal override void AppendConditions(SqlBuilder sql) => sql.Condition().Append($"step.id = {StepId}");

    internal override IReadOnlyCollection<string> EventPatterns => [$"/steps/{StepId}"];

    internal override IReadOnlyCollection<string> OwnerEventPatterns => ["/builds/*"];

    internal override ValueTask<bool> Has(Step step, IRelatedResources related, CancellationToken cancellationToken) =>
        new(step.StepId == StepId);
}

/// <summary>Represents the query of the endpoint <c>/builds/{buildid}/steps</c>, which returns the steps of a build in the order of their numbers.</summary>
/// <param name="Build">The build.</param>
public sealed record StepsOfBuild(BuildRef Build) : CollectionQuery<Step>
{
    private static readonly IReadOnlyList<OrderTerm> ByNumber = [new(StepDefinition.Instance.FindField("number")!, Descending: false)];

    /// <inheritdoc/>
    public override string Path => $"{Build}/steps";

    internal override TableDefinition<Step> Resource => StepDefinition.Instance;

    internal override IReadOnlyList<OrderTerm> DefaultOrder => ByNumber;

    internal override IExistenceQuery? Parent => Build.ToExistenceQueryIfByNumber();

    internal override void AppendConditions(SqlBuilder sql) => sql.Condition().Append($"step.build_id = {Build}");

    internal override IReadOnlyCollection<string> EventPatterns => [$"/builds/{Build.EventSegment}/steps/*"];

    internal override IReadOnlyCollection<string> OwnerEventPatterns => [$"/builds/{Build.EventSegment}"];

    internal override ValueTask<bool> Has(Step step, IRelatedResources related, CancellationToken cancellationToken) =>
        Build.Matches(step.BuildId, related, cancellationToken);

    internal override async ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        this with { Build = await Build.Resolve(session, cancellationToken).ConfigureAwait(false) };
}

/// <summary>Represents the query of the endpoint <c>/builders/{builder}/steps</c>, which returns the steps of a builder's builds.</summary>
/// <param name="Builder">The builder.</param>
public sealed record StepsOfBuilder(BuilderRef Builder) : CollectionQuery<Step>
{
    /// <inheritdoc/>
    public override string Path => $"/builders/{Builder}/steps";

    internal override TableDefinition<Step> Resource => StepDefinition.Instance;

    internal override string ParentColumn => "step.builder_id";

    internal override void AppendParentId(SqlBuilder sql) => sql.Append($"{Builder}");

    internal override IReadOnlyCollection<string> EventPatterns => ["/steps/*"];

    internal override IReadOnlyCollection<string> OwnerEventPatterns => ["/builds/*"];

    internal override async ValueTask<bool> Has(Step step, IRelatedResources related, CancellationToken cancellationToken)
    {
        Build build = await related.Get(new BuildByRef(step.BuildId), cancellationToken).ConfigureAwait(false);
        return await Builder.Matches(build.BuilderId, related, cancellationToken).ConfigureAwait(false);
    }

    internal override async ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        this with { Builder = await Builder.Resolve(session, cancellationToken).ConfigureAwait(false) };
}

/// <summary>Represents the query of the endpoint <c>/builds/{buildid}/steps/{step_number}</c>, which returns one step of a build.</summary>
/// <param name="Build">The build.</param>
/// <param name="Number">The step's number in the build, from 0.</param>
public sealed record StepByNumber(BuildRef Build, long Number) : SingleQuery<Step>
{
    /// <inheritdoc/>
    public override string Path => $"{Build}/steps/{Number}";

    internal override ResourceDefinition Resource => StepDefinition.Instance;

    internal override void AppendConditions(SqlBuilder sql) => sql.Condition().Append($"step.build_id = {Build} AND step.number = {Number}");

    internal override IReadOnlyCollection<string> EventPatterns => [$"/builds/{Build.EventSegment}/steps/*"];

    internal override IReadOnlyCollection<string> OwnerEventPatterns => [$"/builds/{Build.EventSegment}"];

    internal override ValueTask<bool> Has(Step step, IRelatedResources related, CancellationToken cancellationToken) =>
        step.Number == Number ? Build.Matches(step.BuildId, related, cancellationToken) : new(false);

    internal override async ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        this with { Build = await Build.Resolve(session, cancellationToken).ConfigureAwait(false) };
}

/// <summary>Represents the query of the endpoint <c>/builds/{buildid}/steps/{step_name}</c>, which returns one step of a build.</summary>
/// <param name="Build">The build.</param>
/// <param name="Name">The step's name in the build.</param>
/// <exception cref="ArgumentException">The name is null, or has a surrogate without its pair.</exception>
public sealed record StepByName(BuildRef Build, string Name) : SingleQuery<Step>
{
    /// <summary>Gets the step's name in the build.</summary>
    /// <exception cref="ArgumentException">The name is null, or has a surrogate without its pair.</exception>
    public string Name { get; init => field = Checked(value); } = Checked(Name);

    /// <inheritdoc/>
    public override string Path => $"{Build}/steps/{Paths.PathEncoding.Encode(Name)}";

    internal override ResourceDefinition Resource => StepDefinition.Instance;

    internal override void AppendConditions(SqlBuilder sql) => sql.Condition().Append($"step.build_id = {Build} AND step.name = {Name}");

    internal override IReadOnlyCollection<string> EventPatterns => [$"/builds/{Build.EventSegment}/steps/*"];

    internal override IReadOnlyCollection<string> OwnerEventPatterns => [$"/builds/{Build.EventSegment}"];

    internal override ValueTask<bool> Has(Step step, IRelatedResources related, CancellationToken cancellationToken) =>
        step.Name == Name ? Build.Matches(step.BuildId, related, cancellationToken) : new(false);

    internal override async ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        this with { Build = await Build.Resolve(session, cancellationToken).ConfigureAwait(false) };

    private static string Checked(string name)
    {
        UnicodeText.Check(name, nameof(Name));
        return name;
    }
}
