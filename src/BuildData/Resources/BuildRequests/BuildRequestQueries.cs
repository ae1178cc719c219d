using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Resources.BuildRequests;
using BuildData.Stores;
using BuildData.Watching;

namespace BuildData;

/// <summary>Represents the query of the endpoint <c>/buildrequests</c>, which returns all build requests.</summary>
public sealed record AllBuildRequests : CollectionQuery<BuildRequest>
{
    /// <inheritdoc/>
    public override string Path => "/buildrequests";

    internal override TableDefinition<BuildRequest> Resource => BuildRequestDefinition.Instance;

    internal override bool IsWholeCollection => true;

    internal override IReadOnlyCollection<string> EventPatterns => ["/buildrequests/*"];

    internal override ValueTask<bool> Has(BuildRequest request, IRelatedResources related, CancellationToken cancellationToken) =>
        new(true);
}

/// <summary>Represents the query of the endpoint <c>/buildrequests/{buildrequestid}</c>, which returns one build request.</summary>
/// <param name="BuildRequestId">The build request's id.</param>
public sealed record BuildRequestById(long BuildRequestId) : SingleQuery<BuildRequest>
{
    /// <inheritdoc/>
    public override string Path => $"/buildrequests/{BuildRequestId}";

    internal override ResourceDefinition Resource => BuildRequestDefinition.Instance;

    internal override void AppendConditions(SqlBuilder sql) => sql.Condition().Append($"request.id = {BuildRequestId}");

    internal override IReadOnlyCollection<string> EventPatterns => [$"/buildrequests/{BuildRequestId}"];

    internal override ValueTask<bool> Has(BuildRequest request, IRelatedResources related, CancellationToken cancellationToken) =>
        new(request.BuildRequestId == BuildRequestId);
}

/// <summary>Represents the query of the endpoint <c>/builders/{builder}/buildrequests</c>, which returns the build requests for a builder.</summary>
/// <param name="Builder">The builder.</param>
public sealed record BuildRequestsOfBuilder(BuilderRef Builder) : CollectionQuery<BuildRequest>
{
    /// <inheritdoc/>
    public override string Path => $"/builders/{Builder}/buildrequests";

    internal override TableDefinition<BuildRequest> Resource => BuildRequestDefinition.Instance;

    internal override string ParentColumn => "request.builder_id";

    internal override void AppendParentId(SqlBuilder sql) => sql.Append($"{Builder}");

    internal override IReadOnlyCollection<string> EventPatterns => [$"/builders/{Builder.EventSegment}/buildrequests/*"];

    internal override ValueTask<bool> Has(BuildRequest request, IRelatedResources related, CancellationToken cancellationToken) =>
        Builder.Matches(request.BuilderId, related, cancellationToken);

    internal override async ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        this with { Builder = await Builder.Resolve(session, cancellationToken).ConfigureAwait(false) };
}

/// <summary>Represents the query of the endpoint <c>/buildsets/{bsid}/buildrequests</c>, which returns the build requests of a buildset.</summary>
/// <param name="BuildsetId">The buildset's id.</param>
public sealed record BuildRequestsOfBuildset(long BuildsetId) : CollectionQuery<BuildRequest>
{
    /// <inheritdoc/>
    public override string Path => $"/buildsets/{BuildsetId}/buildrequests";

    internal override TableDefinition<BuildRequest> Resource => BuildRequestDefinition.Instance;

    internal override void AppendConditions(SqlBuilder sql) => sql.Condition().Append($"request.buildset_id = {BuildsetId}");

    internal override IReadOnlyCollection<string> EventPatterns => [$"/buildsets/{BuildsetId}/builders/*/buildrequests/*"];

    internal override ValueTask<bool> Has(BuildRequest request, IRelatedResources related, CancellationToken cancellationToken) =>
        new(request.BuildsetId == BuildsetId);
}

/// <summary>
/// Represents the query of the endpoints <c>/builds/{buildid}/buildrequest</c> and
/// <c>/builders/{builder}/builds/{build_number}/buildrequest</c>, which return the build request of a build.
/// </summary>
/// <param name="Build">The build.</param>
public sealed record BuildRequestOfBuild(BuildRef Build) : SingleQuery<BuildRequest>, ILinkedQuery<BuildRequest>
{
    /// <inheritdoc/>
    public override string Path => $"{Build}/buildrequest";

    internal override ResourceDefinition Resource => BuildRequestDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => [$"/builds/{Build.EventSegment}", "/buildrequests/*"];

    internal override void AppendConditions(SqlBuilder sql) =>
        sql.Condition().Append($"request.id = (SELECT build.buildrequest_id FROM builds AS build WHERE build.id = {Build})");

    internal override async ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        this with { Build = await Build.Resolve(session, cancellationToken).ConfigureAwait(false) };

    LinkedLiveResult<BuildRequest> ILinkedQuery<BuildRequest>.CreateLiveResult(ValidatedSpec validated, IRelatedResources related)
    {
        return new LinkedLiveResult<BuildRequest>(
            BuildRequestDefinition.Instance,
            validated,
            async (e, token) => e.Resource is Build build && await Build.Matches(build.BuildId, related, token).ConfigureAwait(false) ? [build.BuildRequestId] : null,
            async token => await related.ReadNow(new BuildByRef(Build), ValidatedSpec.None, token).ConfigureAwait(false) is { } build ? [build.BuildRequestId] : [],
            (id, token) => related.ReadNow(new BuildRequestById(id), validated, token));
    }
}
