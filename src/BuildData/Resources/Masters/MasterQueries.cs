using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Resources.Masters;
using BuildData.Stores;

namespace BuildData;

/// <summary>Represents the query of the endpoint <c>/masters</c>, which returns all masters.</summary>
public sealed record AllMasters : CollectionQuery<MasterInfo>
{
    /// <inheritdoc/>
    public override string Path => "/masters";

    internal override TableDefinition<MasterInfo> Resource => MasterDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => ["/masters/*"];

    internal override ValueTask<bool> Has(MasterInfo master, IRelatedResources related, CancellationToken cancellationToken) =>
        new(true);
}

/// <summary>Represents the query of the endpoint <c>/masters/{masterid}</c>, which returns one master.</summary>
/// <param name="MasterId">The master's id.</param>
public sealed record MasterById(long MasterId) : SingleQuery<MasterInfo>
{
    /// <inheritdoc/>
    public override string Path => $"/masters/{MasterId}";

    internal override ResourceDefinition Resource => MasterDefinition.Instance;

    internal override void AppendConditions(SqlBuilder sql) => sql.Condition().Append($"master.id = {MasterId}");

    internal override IReadOnlyCollection<string> EventPatterns => [$"/masters/{MasterId}"];

    internal override ValueTask<bool> Has(MasterInfo master, IRelatedResources related, CancellationToken cancellationToken) =>
        new(master.MasterId == MasterId);
}
