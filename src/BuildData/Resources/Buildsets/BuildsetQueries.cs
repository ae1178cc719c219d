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

    internal override bool IsWholeCollection => true;

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

/// <summary>Represents the query of the endpoint <c>/sourcestamps/{ssid}/buildsets</c>, which returns the buildsets with a source stamp.</summary>
/// <param name="SourceStampId">The source stamp's id.</param>
public sealed record BuildsetsOfSourceStamp(long SourceStampId) : CollectionQuery<Buildset>
{
    /// <inheritdoc/>
    public override string Path => $"/sourcestamps/{SourceStampId}/buildsets";

    internal override TableDefinition<Buildset> Resource => BuildsetDefinition.Instance;

    internal override void AppendConditions(SqlBuilder sql) => sql.Condition().Append(
        $"EXISTS (SELECT 1 FROM buildset_sourcestamps AS link WHERE link.buildset_id = buildset.id AND link.sourcestamp_id = {SourceStampId})");

    internal override StatementStart FindStart() => new(
        StatementStartRank.Revision,
        static sql => sql.Append("buildset_sourcestamps AS start JOIN buildsets AS buildset ON buildset.id = start.buildset_id"),
        sql => sql.Condition().Append($"start.sourcestamp_id = {SourceStampId}"),
        "start.buildset_id");

    internal override IReadOnlyCollection<string> EventPatterns => ["/buildsets/*"];

    internal override ValueTask<bool> Has(Buildset buildset, IRelatedResources related, CancellationToken cancellationToken) =>
        new(buildset.SourceStamps.Any(stamp => stamp.SourceStampId == SourceStampId));
}
