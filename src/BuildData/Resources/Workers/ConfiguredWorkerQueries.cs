using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Resources.Workers;
using BuildData.Stores;

namespace BuildData;

/// <summary>Represents the query of the endpoint <c>/builders/{builder}/workers</c>, which returns the workers that are configured for a builder.</summary>
/// <param name="Builder">The builder.</param>
public sealed record WorkersOfBuilder(BuilderRef Builder) : CollectionQuery<Worker>
{
    /// <inheritdoc/>
    public override string Path => Scope.Path;

    internal override TableDefinition<Worker> Resource => WorkerDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => ["/workers/*"];

    internal override bool MembershipCanChange => true;

    private WorkerScope Scope => new(null, Builder);

    internal override void AppendConditions(SqlBuilder sql) => Scope.AppendConditions(sql);

    internal override ValueTask<List<Worker>> Complete(List<Worker> page, ReadSession session, CancellationToken cancellationToken) =>
        Scope.Narrow(page, session, cancellationToken);

    internal override ValueTask<Worker?> ToMember(Worker worker, IRelatedResources related, CancellationToken cancellationToken) =>
        Scope.ToMember(worker, related, cancellationToken);

    internal override async ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        this with { Builder = await Builder.Resolve(session, cancellationToken).ConfigureAwait(false) };
}

/// <summary>
/// Represents the query of the endpoint <c>/builders/{builder}/workers/{workerid_or_name}</c>, which returns one worker if this worker is
/// configured for a builder.
/// </summary>
/// <param name="Builder">The builder.</param>
/// <param name="Worker">The id or the name of the worker.</param>
public sealed record WorkerOfBuilder(BuilderRef Builder, WorkerRef Worker) : SingleQuery<Worker>
{
    /// <inheritdoc/>
    public override string Path => $"{Scope.Path}/{Worker}";

    internal override ResourceDefinition Resource => WorkerDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => [$"/workers/{Worker.EventSegment}"];

    internal override bool MembershipCanChange => true;

    private WorkerScope Scope => new(null, Builder);

    internal override void AppendConditions(SqlBuilder sql)
    {
        Scope.AppendConditions(sql);
        sql.Condition().Append($"worker.id = {Worker}");
    }

    internal override async ValueTask<Worker?> Read(ReadSession session, ValidatedSpec spec, CancellationToken cancellationToken) =>
        await base.Read(session, spec, cancellationToken).ConfigureAwait(false) is { } worker
            ? (await Scope.Narrow([worker], session, cancellationToken).ConfigureAwait(false))[0]
            : null;

    internal override ValueTask<Worker?> ToMember(Worker worker, IRelatedResources related, CancellationToken cancellationToken) =>
        Worker.Matches(worker) ? Scope.ToMember(worker, related, cancellationToken) : default;

    internal override async ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) => this with
    {
        Builder = await Builder.Resolve(session, cancellationToken).ConfigureAwait(false),
        Worker = await Worker.Resolve(session, cancellationToken).ConfigureAwait(false),
    };
}

/// <summary>Represents the query of the endpoint <c>/masters/{masterid}/workers</c>, which returns the workers that are configured on a master.</summary>
/// <param name="MasterId">The id of the master.</param>
public sealed record WorkersOfMaster(long MasterId) : CollectionQuery<Worker>
{
    /// <inheritdoc/>
    public override string Path => Scope.Path;

    internal override TableDefinition<Worker> Resource => WorkerDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => ["/workers/*"];

    internal override bool MembershipCanChange => true;

    private WorkerScope Scope => new(MasterId, null);

    internal override void AppendConditions(SqlBuilder sql) => Scope.AppendConditions(sql);

    internal override ValueTask<List<Worker>> Complete(List<Worker> page, ReadSession session, CancellationToken cancellationToken) =>
        Scope.Narrow(page, session, cancellationToken);

    internal override ValueTask<Worker?> ToMember(Worker worker, IRelatedResources related, CancellationToken cancellationToken) =>
        Scope.ToMember(worker, related, cancellationToken);
}

/// <summary>
/// Represents the query of the endpoint <c>/masters/{masterid}/workers/{workerid_or_name}</c>, which returns one worker if this worker is
/// configured on a master.
/// </summary>
/// <param name="MasterId">The id of the master.</param>
/// <param name="Worker">The id or the name of the worker.</param>
public sealed record WorkerOfMaster(long MasterId, WorkerRef Worker) : SingleQuery<Worker>
{
    /// <inheritdoc/>
    public override string Path => $"{Scope.Path}/{Worker}";

    internal override ResourceDefinition Resource => WorkerDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => [$"/workers/{Worker.EventSegment}"];

    internal override bool MembershipCanChange => true;

    private WorkerScope Scope => new(MasterId, null);

    internal override void AppendConditions(SqlBuilder sql)
    {
        Scope.AppendConditions(sql);
        sql.Condition().Append($"worker.id = {Worker}");
    }

    internal override async ValueTask<Worker?> Read(ReadSession session, ValidatedSpec spec, CancellationToken cancellationToken) =>
        await base.Read(session, spec, cancellationToken).ConfigureAwait(false) is { } worker
            ? (await Scope.Narrow([worker], session, cancellationToken).ConfigureAwait(false))[0]
            : null;

    internal override ValueTask<Worker?> ToMember(Worker worker, IRelatedResources related, CancellationToken cancellationToken) =>
        Worker.Matches(worker) ? Scope.ToMember(worker, related, cancellationToken) : default;

    internal override async ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        this with { Worker = await Worker.Resolve(session, cancellationToken).ConfigureAwait(false) };
}

/// <summary>
/// Represents the query of the endpoint <c>/masters/{masterid}/builders/{builder}/workers</c>, which returns the workers that are
/// configured for one builder on one master.
/// </summary>
/// <param name="MasterId">The id of the master.</param>
/// <param name="Builder">The builder.</param>
public sealed record WorkersOfBuilderOnMaster(long MasterId, BuilderRef Builder) : CollectionQuery<Worker>
{
    /// <inheritdoc/>
    public override string Path => Scope.Path;

    internal override TableDefinition<Worker> Resource => WorkerDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => ["/workers/*"];

    internal override bool MembershipCanChange => true;

    private WorkerScope Scope => new(MasterId, Builder);

    internal override void AppendConditions(SqlBuilder sql) => Scope.AppendConditions(sql);

    internal override ValueTask<List<Worker>> Complete(List<Worker> page, ReadSession session, CancellationToken cancellationToken) =>
        Scope.Narrow(page, session, cancellationToken);

    internal override ValueTask<Worker?> ToMember(Worker worker, IRelatedResources related, CancellationToken cancellationToken) =>
        Scope.ToMember(worker, related, cancellationToken);

    internal override async ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        this with { Builder = await Builder.Resolve(session, cancellationToken).ConfigureAwait(false) };
}

/// <summary>
/// Represents the query of the endpoint <c>/masters/{masterid}/builders/{builder}/workers/{workerid_or_name}</c>, which returns one worker
/// if this worker is configured for a builder on a master.
/// </summary>
/// <param name="MasterId">The id of the master.</param>
/// <param name="Builder">The builder.</param>
/// <param name="Worker">The id or the name of the worker.</param>
public sealed record WorkerOfBuilderOnMaster(long MasterId, BuilderRef Builder, WorkerRef Worker) : SingleQuery<Worker>
{
    /// <inheritdoc/>
    public override string Path => $"{Scope.Path}/{Worker}";

    internal override ResourceDefinition Resource => WorkerDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => [$"/workers/{Worker.EventSegment}"];

    internal override bool MembershipCanChange => true;

    private WorkerScope Scope => new(MasterId, Builder);

    internal override void AppendConditions(SqlBuilder sql)
    {
        Scope.AppendConditions(sql);
        sql.Condition().Append($"worker.id = {Worker}");
    }

    internal override async ValueTask<Worker?> Read(ReadSession session, ValidatedSpec spec, CancellationToken cancellationToken) =>
        await base.Read(session, spec, cancellationToken).ConfigureAwait(false) is { } worker
            ? (await Scope.Narrow([worker], session, cancellationToken).ConfigureAwait(false))[0]
            : null;

    internal override ValueTask<Worker?> ToMember(Worker worker, IRelatedResources related, CancellationToken cancellationToken) =>
        Worker.Matches(worker) ? Scope.ToMember(worker, related, cancellationToken) : default;

    internal override async ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) => this with
    {
        Builder = await Builder.Resolve(session, cancellationToken).ConfigureAwait(false),
        Worker = await Worker.Resolve(session, cancellationToken).ConfigureAwait(false),
    };
}
