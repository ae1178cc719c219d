using BuildData.Stores;

namespace BuildData;

/// <summary><c>/sourcestamps</c>: all source stamps.</summary>
public sealed record AllSourceStamps : CollectionQuery<SourceStamp>
{
    /// <inheritdoc/>
    public override string Path => "/sourcestamps";

    internal override TableResource<SourceStamp> Resource => Catalog.SourceStamps;
}

/// <summary><c>/sourcestamps/{ssid}</c>: one source stamp.</summary>
/// <param name="SourceStampId">The source stamp's id.</param>
public sealed record SourceStampById(long SourceStampId) : SingleQuery<SourceStamp>
{
    /// <inheritdoc/>
    public override string Path => $"/sourcestamps/{SourceStampId}";

    internal override Resource Resource => Catalog.SourceStamps;

    internal override void AppendConditions(SqlBuilder sql) => sql.Condition().Append($"ss.id = {SourceStampId}");
}

/// <summary><c>/buildsets/{bsid}/sourcestamps</c>: the source stamps of a buildset.</summary>
/// <param name="BuildsetId">The buildset's id.</param>
public sealed record SourceStampsOfBuildset(long BuildsetId) : CollectionQuery<SourceStamp>
{
    /// <inheritdoc/>
    public override string Path => $"/buildsets/{BuildsetId}/sourcestamps";

    internal override TableResource<SourceStamp> Resource => Catalog.SourceStamps;

    internal override void AppendConditions(SqlBuilder sql) =>
        sql.Condition().Append($"ss.id IN (SELECT sourcestamp_id FROM buildset_sourcestamps WHERE buildset_id = {BuildsetId})");
}
