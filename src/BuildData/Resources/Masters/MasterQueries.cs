using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Resources.Masters;
using BuildData.Stores;
using BuildData.Watching;

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

/// <summary>
/// Represents the query of the endpoint <c>/builders/{builder}/masters</c>, which returns the masters that have a builder in their lists.
/// </summary>
/// <param name="Builder">The builder.</param>
public sealed record MastersOfBuilder(BuilderRef Builder) : CollectionQuery<MasterInfo>, ILinkedQuery<MasterInfo>
{
    /// <inheritdoc/>
    public override string Path => $"/builders/{Builder}/masters";

    internal override TableDefinition<MasterInfo> Resource => MasterDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => [$"/builders/{Builder.EventSegment}", "/masters/*"];

    internal override void AppendConditions(SqlBuilder sql) =>
        sql.Condition().Append($"master.id IN (SELECT place.master_id FROM builder_masters AS place WHERE place.builder_id = {Builder})");

    internal override async ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        this with { Builder = await Builder.Resolve(session, cancellationToken).ConfigureAwait(false) };

    LinkedLiveResult<MasterInfo> ILinkedQuery<MasterInfo>.CreateLiveResult(ValidatedSpec validated, IRelatedResources related) =>
        CreateLiveResult(Builder, static _ => true, validated, related);

    /// <summary>Creates the live result of a watch of a builder's masters. The result contains only the masters that fulfil a condition.</summary>
    internal static LinkedLiveResult<MasterInfo> CreateLiveResult(
        BuilderRef builder, Func<long, bool> isWanted, ValidatedSpec validated, IRelatedResources related)
    {
        return new LinkedLiveResult<MasterInfo>(
            MasterDefinition.Instance,
            validated,
            (e, _) => new(e.Resource is Builder changed && builder.Matches(changed) ? IdsOf(changed) : null),
            async token => IdsOf(await related.ReadNow(new BuilderByRef(builder), ValidatedSpec.None, token).ConfigureAwait(false)),
            (id, token) => related.ReadNow(new MasterById(id), validated, token));

        HashSet<long> IdsOf(Builder? builder) => builder is null ? [] : [.. builder.MasterIds.Where(isWanted)];
    }
}

/// <summary>
/// Represents the query of the endpoint <c>/builders/{builder}/masters/{masterid}</c>, which returns one master if this master has a
/// builder in its list.
/// </summary>
/// <param name="Builder">The builder.</param>
/// <param name="MasterId">The master's id.</param>
public sealed record MasterOfBuilder(BuilderRef Builder, long MasterId) : SingleQuery<MasterInfo>, ILinkedQuery<MasterInfo>
{
    /// <inheritdoc/>
    public override string Path => $"/builders/{Builder}/masters/{MasterId}";

    internal override ResourceDefinition Resource => MasterDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => [$"/builders/{Builder.EventSegment}", $"/masters/{MasterId}"];

    internal override void AppendConditions(SqlBuilder sql)
    {
        new MastersOfBuilder(Builder).AppendConditions(sql);
        sql.Condition().Append($"master.id = {MasterId}");
    }

    internal override async ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        this with { Builder = await Builder.Resolve(session, cancellationToken).ConfigureAwait(false) };

    LinkedLiveResult<MasterInfo> ILinkedQuery<MasterInfo>.CreateLiveResult(ValidatedSpec validated, IRelatedResources related) =>
        MastersOfBuilder.CreateLiveResult(Builder, id => id == MasterId, validated, related);
}
