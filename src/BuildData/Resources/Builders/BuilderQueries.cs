using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Resources.Builders;
using BuildData.Stores;
using BuildData.Watching;

namespace BuildData;

/// <summary>Represents the query of the endpoint <c>/builders</c>, which returns all builders.</summary>
public sealed record AllBuilders : CollectionQuery<Builder>
{
    /// <inheritdoc/>
    public override string Path => "/builders";

    internal override TableDefinition<Builder> Resource => BuilderDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => ["/builders/*"];

    internal override ValueTask<bool> Has(Builder builder, IRelatedResources related, CancellationToken cancellationToken) =>
        new(true);
}

/// <summary>Represents the query of the endpoint <c>/builders/{builderid_or_buildername}</c>, which returns one builder.</summary>
/// <param name="Builder">The builder.</param>
public sealed record BuilderByRef(BuilderRef Builder) : SingleQuery<Builder>
{
    /// <inheritdoc/>
    public override string Path => $"/builders/{Builder}";

    internal override ResourceDefinition Resource => BuilderDefinition.Instance;

    internal override void AppendConditions(SqlBuilder sql)
    {
        if (Builder.Name is { } name)
            sql.Condition().Append($"builder.name = {name}");
        else
            sql.Condition().Append($"builder.id = {Builder.Id}");
    }

    internal override IReadOnlyCollection<string> EventPatterns => [$"/builders/{Builder.EventSegment}"];

    internal override bool MembershipCanChange => Builder.Name is not null;

    internal override ValueTask<bool> Has(Builder builder, IRelatedResources related, CancellationToken cancellationToken) =>
        new(Builder.Matches(builder));
}

/// <summary>Represents the query of the endpoint <c>/masters/{masterid}/builders</c>, which returns the builders in a master's list.</summary>
/// <param name="MasterId">The id of the master.</param>
public sealed record BuildersOfMaster(long MasterId) : CollectionQuery<Builder>
{
    /// <inheritdoc/>
    public override string Path => $"/masters/{MasterId}/builders";

    internal override TableDefinition<Builder> Resource => BuilderDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => ["/builders/*"];

    internal override bool MembershipCanChange => true;

    internal override void AppendConditions(SqlBuilder sql) =>
        sql.Condition().Append($"builder.id IN (SELECT place.builder_id FROM builder_masters AS place WHERE place.master_id = {MasterId})");

    internal override ValueTask<bool> Has(Builder builder, IRelatedResources related, CancellationToken cancellationToken) =>
        new(builder.MasterIds.Contains(MasterId));
}

/// <summary>
/// Represents the query of the endpoint <c>/masters/{masterid}/builders/{builder}</c>, which returns one builder if a master has this
/// builder in its list.
/// </summary>
/// <param name="MasterId">The id of the master.</param>
/// <param name="Builder">The builder.</param>
public sealed record BuilderOfMaster(long MasterId, BuilderRef Builder) : SingleQuery<Builder>
{
    /// <inheritdoc/>
    public override string Path => $"/masters/{MasterId}/builders/{Builder}";

    internal override ResourceDefinition Resource => BuilderDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => [$"/builders/{Builder.EventSegment}"];

    internal override bool MembershipCanChange => true;

    internal override void AppendConditions(SqlBuilder sql)
    {
        new BuilderByRef(Builder).AppendConditions(sql);
        sql.Condition().Append($"EXISTS (SELECT 1 FROM builder_masters AS place WHERE place.builder_id = builder.id AND place.master_id = {MasterId})");
    }

    internal override ValueTask<bool> Has(Builder builder, IRelatedResources related, CancellationToken cancellationToken) =>
        new(Builder.Matches(builder) && builder.MasterIds.Contains(MasterId));
}

/// <summary>
/// Represents the query of the endpoint <c>/workers/{workerid_or_name}/builders</c>, which returns the builders for which a worker is
/// configured, on any master.
/// </summary>
/// <param name="Worker">The id or the name of the worker.</param>
public sealed record BuildersOfWorker(WorkerRef Worker) : CollectionQuery<Builder>, ILinkedQuery<Builder>
{
    /// <inheritdoc/>
    public override string Path => $"/workers/{Worker}/builders";

    internal override TableDefinition<Builder> Resource => BuilderDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => [$"/workers/{Worker.EventSegment}", "/builders/*"];

    internal override void AppendConditions(SqlBuilder sql) =>
        sql.Condition().Append($"builder.id IN (SELECT place.builder_id FROM configured_workers AS place WHERE place.worker_id = {Worker})");

    internal override async ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        this with { Worker = await Worker.Resolve(session, cancellationToken).ConfigureAwait(false) };

    LinkedLiveResult<Builder> ILinkedQuery<Builder>.CreateLiveResult(ValidatedSpec validated, IRelatedResources related) => new(
        BuilderDefinition.Instance,
        validated,
        (e, _) => new(e.Resource is Worker worker && Worker.Matches(worker) ? IdsOf(worker) : null),
        async token => IdsOf(await related.ReadNow(new WorkerByRef(Worker), ValidatedSpec.None, token).ConfigureAwait(false)),
        (id, token) => related.ReadNow(new BuilderByRef(id), validated, token));

    private static HashSet<long> IdsOf(Worker? worker) => worker is null ? [] : [.. worker.ConfiguredOn.Select(place => place.BuilderId)];
}
