using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Resources.Buildsets;
using BuildData.Stores;

namespace BuildData;

/// <summary>Represents the query of the endpoint <c>/buildsets</c>, which returns all buildsets.</summary>
public sealed record AllBuildsets : CollectionQuery<Buildset>
{
    /// <inheritdoc/>
    public override string Path => "/buildsets";

    internal override TableDefinition<Buildset> Resource => BuildsetDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => ["/buildsets/*"];

    internal override ValueTask<bool> Has(Buildset buildset, IRelatedResources related, CancellationToken cancellationToken) =>
        new(true);
}

/// <summary>Represents the query of the endpoint <c>/buildsets/{bsid}</c>, which returns one buildset.</summary>
/// <param name="BuildsetId">The buildset's id.</param>
public sealed record BuildsetById(long BuildsetId) : SingleQuery<Buildset>
{
    /// <inheritdoc/>
    public override string Path => $"/buildsets/{BuildsetId}";

    internal override ResourceDefinition Resource => BuildsetDefinition.Instance;

    internal override void AppendConditions(SqlBuilder sql) => sql.Condition().Append($"buildset.id = {BuildsetId}");

    internal override IReadOnlyCollection<string> EventPatterns => [$"/buildsets/{BuildsetId}"];

    internal override ValueTask<bool> Has(Buildset buildset, IRelatedResources related, CancellationToken cancellationToken) =>
        new(buildset.BuildsetId == BuildsetId);
}
