using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Resources.Builds;
using BuildData.Stores;

namespace BuildData;

/// <summary>Represents the query of the endpoint <c>/builds</c>, which returns all builds.</summary>
public sealed record AllBuilds : CollectionQuery<Build>
{
    /// <inheritdoc/>
    public override string Path => "/builds";

    internal override TableDefinition<Build> Resource => BuildDefinition.Instance;

    internal override bool IsWholeCollection => true;

    internal override IReadOnlyCollection<string> EventPatterns => ["/builds/*"];

    internal override ValueTask<bool> Has(Build build, IRelatedResources related, CancellationToken cancellationToken) =>
        new(true);
}

/// <summary>
/// Represents the query of the endpoints <c>/builds/{buildid}</c> and <c>/builders/{builder}/builds/{build_number}</c>, which return one
/// build.
/// </summary>
/// <param name="Build">The build.</param>
public sealed record BuildByRef(BuildRef Build) : SingleQuery<Build>
{
    /// <inheritdoc/>
    public override string Path => Build.ToString();

    internal override ResourceDefinition Resource => BuildDefinition.Instance;

    internal override void AppendConditions(SqlBuilder sql)
    {
        if (Build.Id is { } id)
            sql.Condition().Append($"build.id = {id}");
        else
            sql.Condition().Append($"build.builder_id = {Build.Builder} AND build.number = {Build.Number}");
    }

    internal override IReadOnlyCollection<string> EventPatterns => [$"/builds/{Build.EventSegment}"];

    internal override ValueTask<bool> Has(Build build, IRelatedResources related, CancellationToken cancellationToken) =>
        Build.Matches(build.BuildId, related, cancellationToken);

    internal override async ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        this with { Build = await Build.Resolve(session, cancellationToken).ConfigureAwait(false) };
}

/// <summary>Represents the query of the endpoint <c>/builders/{builder}/builds</c>, which returns the builds of a builder.</summary>
/// <param name="Builder">The builder.</param>
public sealed record BuildsOfBuilder(BuilderRef Builder) : CollectionQuery<Build>
{
    /// <inheritdoc/>
    public override string Path => $"/builders/{Builder}/builds";

    internal override TableDefinition<Build> Resource => BuildDefinition.Instance;

    internal override string ParentColumn => "build.builder_id";

    internal override void AppendParentId(SqlBuilder sql) => sql.Append($"{Builder}");

    internal override IReadOnlyCollection<string> EventPatterns => [$"/builders/{Builder.EventSegment}/builds/*"];

    internal override ValueTask<bool> Has(Build build, IRelatedResources related, CancellationToken cancellationToken) =>
        Builder.Matches(build.BuilderId, related, cancellationToken);

    internal override async ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        this with { Builder = await Builder.Resolve(session, cancellationToken).ConfigureAwait(false) };
}

/// <summary>Represents the query of the endpoint <c>/buildrequests/{buildrequestid}/builds</c>, which returns the builds for a build request.</summary>
/// <param name="BuildRequestId">The build request's id.</param>
public sealed record BuildsOfBuildRequest(long BuildRequestId) : CollectionQuery<Build>
{
    /// <inheritdoc/>
    public override string Path => $"/buildrequests/{BuildRequestId}/builds";

    internal override TableDefinition<Build> Resource => BuildDefinition.Instance;

    internal override void AppendConditions(SqlBuilder sql) => sql.Condition().Append($"build.buildrequest_id = {BuildRequestId}");

    internal override IReadOnlyCollection<string> EventPatterns => ["/builds/*"];

    internal override ValueTask<bool> Has(Build build, IRelatedResources related, CancellationToken cancellationToken) =>
        new(build.BuildRequestId == BuildRequestId);
}

/// <summary>Represents the query of the endpoint <c>/workers/{workerid_or_name}/builds</c>, which returns the builds that ran on a worker.</summary>
/// <param name="Worker">The id or the name of the worker.</param>
public sealed record BuildsOfWorker(WorkerRef Worker) : CollectionQuery<Build>
{
    /// <inheritdoc/>
    public override string Path => $"/workers/{Worker}/builds";

    internal override TableDefinition<Build> Resource => BuildDefinition.Instance;

    internal override string ParentColumn => "build.worker_id";

    internal override void AppendParentId(SqlBuilder sql) => sql.Append($"{Worker}");

    internal override IReadOnlyCollection<string> EventPatterns => [$"/workers/{Worker.EventSegment}/builds/*"];

    internal override ValueTask<bool> Has(Build build, IRelatedResources related, CancellationToken cancellationToken) =>
        build.WorkerId is { } id ? Worker.Matches(id, related, cancellationToken) : new(false);

    internal override async ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        this with { Worker = await Worker.Resolve(session, cancellationToken).ConfigureAwait(false) };
}

/// <summary>Represents the query of the endpoint <c>/masters/{masterid}/builds</c>, which returns the builds that ran on a master.</summary>
/// <param name="MasterId">The master's id.</param>
public sealed record BuildsOfMaster(long MasterId) : CollectionQuery<Build>
{
    /// <inheritdoc/>
    public override string Path => $"/masters/{MasterId}/builds";

    internal override TableDefinition<Build> Resource => BuildDefinition.Instance;

    internal override string ParentColumn => "build.master_id";

    internal override void AppendParentId(SqlBuilder sql) => sql.Append($"{MasterId}");

    internal override IReadOnlyCollection<string> EventPatterns => ["/builds/*"];

    internal override ValueTask<bool> Has(Build build, IRelatedResources related, CancellationToken cancellationToken) =>
        new(build.MasterId == MasterId);
}

/// <summary>
/// Represents the query of the endpoint <c>/builds/{buildid}/triggered_builds</c>, which returns the builds of the buildsets that a build
/// has triggered.
/// </summary>
/// <param name="BuildId">The id of the build that triggered the buildsets.</param>
public sealed record BuildsTriggeredBy(long BuildId) : CollectionQuery<Build>
{
    /// <inheritdoc/>
    public override string Path => $"/builds/{BuildId}/triggered_builds";

    internal override TableDefinition<Build> Resource => BuildDefinition.Instance;

    internal override void AppendConditions(SqlBuilder sql) => sql.Condition().Append(
        $"""
        build.buildrequest_id IN (
            SELECT request.id FROM buildsets AS buildset JOIN buildrequests AS request ON request.buildset_id = buildset.id
            WHERE buildset.parent_build_id = {BuildId})
        """);

    internal override IReadOnlyCollection<string> EventPatterns => ["/builds/*"];

    internal override async ValueTask<bool> Has(Build build, IRelatedResources related, CancellationToken cancellationToken)
    {
        BuildRequest request = await related.Get(new BuildRequestById(build.BuildRequestId), cancellationToken).ConfigureAwait(false);
        Buildset buildset = await related.Get(new BuildsetById(request.BuildsetId), cancellationToken).ConfigureAwait(false);
        return buildset.ParentBuildId == BuildId;
    }
}

/// <summary>Represents the query of the endpoint <c>/buildsets/{bsid}/builds</c>, which returns the builds of a buildset's build requests.</summary>
/// <param name="BuildsetId">The buildset's id.</param>
public sealed record BuildsOfBuildset(long BuildsetId) : CollectionQuery<Build>
{
    /// <inheritdoc/>
    public override string Path => $"/buildsets/{BuildsetId}/builds";

    internal override TableDefinition<Build> Resource => BuildDefinition.Instance;

    internal override void AppendConditions(SqlBuilder sql) => sql.Condition().Append($"build.buildset_id = {BuildsetId}");

    internal override IReadOnlyCollection<string> EventPatterns => ["/builds/*"];

    internal override ValueTask<bool> Has(Build build, IRelatedResources related, CancellationToken cancellationToken) =>
        new(build.BuildsetId == BuildsetId);
}

/// <summary>
/// Represents the query of the endpoint <c>/sourcestamps/{ssid}/builds</c>, which returns the builds of all buildsets with a source stamp.
/// </summary>
/// <param name="SourceStampId">The source stamp's id.</param>
public sealed record BuildsOfSourceStamp(long SourceStampId) : CollectionQuery<Build>
{
    /// <inheritdoc/>
    public override string Path => $"/sourcestamps/{SourceStampId}/builds";

    internal override TableDefinition<Build> Resource => BuildDefinition.Instance;

    internal override void AppendConditions(SqlBuilder sql) => sql.Condition().Append(
        $"EXISTS (SELECT 1 FROM buildset_sourcestamps AS link WHERE link.buildset_id = build.buildset_id AND link.sourcestamp_id = {SourceStampId})");

    internal override StatementStart FindStart() => BuildRelations.StartOfSourceStamp(SourceStampId);

    internal override IReadOnlyCollection<string> EventPatterns => ["/builds/*"];

    internal override async ValueTask<bool> Has(Build build, IRelatedResources related, CancellationToken cancellationToken)
    {
        Buildset buildset = await related.Get(new BuildsetById(build.BuildsetId), cancellationToken).ConfigureAwait(false);
        return buildset.SourceStamps.Any(stamp => stamp.SourceStampId == SourceStampId);
    }
}
