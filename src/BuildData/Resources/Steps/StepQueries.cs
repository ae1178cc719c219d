using BuildData.Stores;

namespace BuildData;

/// <summary><c>/steps</c>: the steps of all builds.</summary>
public sealed record AllSteps : CollectionQuery<Step>
{
    /// <inheritdoc/>
    public override string Path => "/steps";

    internal override TableResource<Step> Resource => Catalog.Steps;
}

/// <summary><c>/steps/{stepid}</c>: one step.</summary>
/// <param name="StepId">The step's id.</param>
public sealed record StepById(long StepId) : SingleQuery<Step>
{
    /// <inheritdoc/>
    public override string Path => $"/steps/{StepId}";

    internal override Resource Resource => Catalog.Steps;

    internal override void AppendConditions(SqlBuilder sql) => sql.Condition().Append($"s.id = {StepId}");
}

/// <summary><c>/builds/{buildid}/steps</c>: the steps of a build, by number.</summary>
/// <param name="Build">The build.</param>
public sealed record StepsOfBuild(BuildRef Build) : CollectionQuery<Step>
{
    /// <inheritdoc/>
    public override string Path => $"{Build}/steps";

    internal override TableResource<Step> Resource => Catalog.Steps;

    internal override string? DefaultOrder => "s.number";

    internal override BuildRef? ParentBuild => Build;

    internal override void AppendConditions(SqlBuilder sql) => sql.Condition().Append($"s.build_id = {Build}");
}

/// <summary><c>/builders/{builder}/steps</c>: the steps of a builder's builds.</summary>
/// <param name="Builder">The builder.</param>
public sealed record StepsOfBuilder(BuilderRef Builder) : CollectionQuery<Step>
{
    /// <inheritdoc/>
    public override string Path => $"/builders/{Builder}/steps";

    internal override TableResource<Step> Resource => Catalog.Steps;

    internal override void AppendConditions(SqlBuilder sql) => sql.Condition().Append($"s.builder_id = {Builder}");
}

/// <summary><c>/builds/{buildid}/steps/{step_number}</c>: one step of a build.</summary>
/// <param name="Build">The build.</param>
/// <param name="Number">The step's number in the build, from 0.</param>
public sealed record StepByNumber(BuildRef Build, long Number) : SingleQuery<Step>
{
    /// <inheritdoc/>
    public override string Path => $"{Build}/steps/{Number}";

    internal override Resource Resource => Catalog.Steps;

    internal override void AppendConditions(SqlBuilder sql) => sql.Condition().Append($"s.build_id = {Build} AND s.number = {Number}");
}

/// <summary><c>/builds/{buildid}/steps/{step_name}</c>: one step of a build.</summary>
/// <param name="Build">The build.</param>
/// <param name="Name">The step's name in the build.</param>
public sealed record StepByName(BuildRef Build, string Name) : SingleQuery<Step>
{
    /// <inheritdoc/>
    public override string Path => $"{Build}/steps/{Paths.PathText.Encode(Name)}";

    internal override Resource Resource => Catalog.Steps;

    internal override void AppendConditions(SqlBuilder sql) => sql.Condition().Append($"s.build_id = {Build} AND s.name = {Name}");
}
