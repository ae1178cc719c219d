using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Resources.SourceStamps;
using BuildData.Stores;

namespace BuildData;

/// <summary>Represents the query of the endpoint <c>/sourcestamps</c>, which returns all source stamps.</summary>
public sealed record AllSourceStamps : CollectionQuery<SourceStamp>
{
    /// <inheritdoc/>
    public override string Path => "/sourcestamps";

    internal override TableDefinition<SourceStamp> Resource => SourceStampDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => ["/sourcestamps/*"];

    internal override ValueTask<bool> Has(SourceStamp stamp, IRelatedResources related, CancellationToken cancellationToken) =>
        new(true);
}

/// <summary>Represents the query of the endpoint <c>/sourcestamps/{ssid}</c>, which returns one source stamp.</summary>
/// <param name="SourceStampId">The source stamp's id.</param>
public sealed record SourceStampById(long SourceStampId) : SingleQuery<SourceStamp>
{
    /// <inheritdoc/>
    public override string Path => $"/sourcestamps/{SourceStampId}";

    internal override ResourceDefinition Resource => SourceStampDefinition.Instance;

    internal override void AppendConditions(SqlBuilder sql) => sql.Condition().Append($"stamp.id = {SourceStampId}");

    internal override IReadOnlyCollection<string> EventPatterns => [$"/sourcestamps/{SourceStampId}"];

    internal override ValueTask<bool> Has(SourceStamp stamp, IRelatedResources related, CancellationToken cancellationToken) =>
        new(stamp.SourceStampId == SourceStampId);
}

/// <summary>Represents the query of the endpoint <c>/buildsets/{bsid}/sourcestamps</c>, which returns the source stamps of a buildset.</summary>
/// <param name="BuildsetId">The buildset's id.</param>
public sealed record SourceStampsOfBuildset(long BuildsetId) : CollectionQuery<SourceStamp>
{
    /// <inheritdoc/>
    public override string Path => $"/buildsets/{BuildsetId}/sourcestamps";

    internal override TableDefinition<SourceStamp> Resource => SourceStampDefinition.Instance;

    internal override void AppendConditions(SqlBuilder sql) =>
        sql.Condition().Append($"stamp.id IN (SELECT sourcestamp_id FROM buildset_sourcestamps WHERE buildset_id = {BuildsetId})");

    internal override IReadOnlyCollection<string> EventPatterns => [$"/buildsets/{BuildsetId}"];

    internal override ValueTask<bool> Has(SourceStamp stamp, IRelatedResources related, CancellationToken cancellationToken) =>
        new(true);

    internal override IReadOnlyList<SourceStamp> ChangedResources(object changed, string eventName) =>
        changed is Buildset buildset && (eventName is "new" or ResourceDefinition.RemovedEventName) ? buildset.SourceStamps : [];
}
