using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Resources.Properties;
using BuildData.Stores;
using BuildData.Watching;

namespace BuildData;

/// <summary>Represents the query of the endpoint <c>/buildsets/{bsid}/properties</c>, which returns the properties of a buildset.</summary>
/// <param name="BuildsetId">The buildset's id.</param>
public sealed record PropertiesOfBuildset(long BuildsetId) : SingleQuery<PropertyMap>, IPropertiesQuery
{
    /// <inheritdoc/>
    public override string Path => $"/buildsets/{BuildsetId}/properties";

    internal override ResourceDefinition Resource => PropertyDefinition.Instance;

    internal override ValueTask<PropertyMap?> Read(ReadSession session, ValidatedSpec spec, CancellationToken cancellationToken)
    {
        SqlBuilder sql = session.Sql();
        sql.Append("SELECT ").Append(PropertySql.OwnerIdAndPropertyColumns).Append(
            $"""
             FROM buildsets AS owner LEFT JOIN buildset_properties AS property ON property.buildset_id = owner.id
            WHERE owner.id = {BuildsetId} ORDER BY property.name
            """);
        return PropertiesOfBuild.Read(session, sql, pathHoldsOwnerId: true, cancellationToken);
    }

    internal override IReadOnlyCollection<string> EventPatterns => [$"/buildsets/{BuildsetId}"];

    PropertiesLiveResult IPropertiesQuery.CreateLiveResult(IRelatedResources related) =>
        new(static (_, _) => new(true), (e, token) => related.Get(new PropertiesOfBuildset(e.Id), token));
}

/// <summary>
/// Represents the query of the endpoint <c>/buildrequests/{buildrequestid}/properties</c>, which returns the properties of a build request.
/// These are the properties of its buildset.
/// </summary>
/// <param name="BuildRequestId">The build request's id.</param>
public sealed record PropertiesOfBuildRequest(long BuildRequestId) : SingleQuery<PropertyMap>, IPropertiesQuery
{
    /// <inheritdoc/>
    public override string Path => $"/buildrequests/{BuildRequestId}/properties";

    internal override ResourceDefinition Resource => PropertyDefinition.Instance;

    internal override ValueTask<PropertyMap?> Read(ReadSession session, ValidatedSpec spec, CancellationToken cancellationToken)
    {
        SqlBuilder sql = session.Sql();
        sql.Append("SELECT ").Append(PropertySql.OwnerIdAndPropertyColumns).Append(
            $"""
             FROM buildrequests AS owner LEFT JOIN buildset_properties AS property ON property.buildset_id = owner.buildset_id
            WHERE owner.id = {BuildRequestId} ORDER BY property.name
            """);
        return PropertiesOfBuild.Read(session, sql, pathHoldsOwnerId: true, cancellationToken);
    }

    internal override IReadOnlyCollection<string> EventPatterns => [$"/buildrequests/{BuildRequestId}"];

    PropertiesLiveResult IPropertiesQuery.CreateLiveResult(IRelatedResources related) =>
        new(static (_, _) => new(true), (e, token) => related.Get(new PropertiesOfBuildRequest(e.Id), token));
}

/// <summary>Represents the query of the endpoint <c>/builds/{buildid}/properties</c>, which returns the properties of a build.</summary>
/// <param name="Build">The build.</param>
public sealed record PropertiesOfBuild(BuildRef Build) : SingleQuery<PropertyMap>, IPropertiesQuery
{
    /// <inheritdoc/>
    public override string Path => $"{Build}/properties";

    internal override ResourceDefinition Resource => PropertyDefinition.Instance;

    internal override ValueTask<PropertyMap?> Read(ReadSession session, ValidatedSpec spec, CancellationToken cancellationToken)
    {
        SqlBuilder sql = session.Sql();
        sql.Append("SELECT ").Append(PropertySql.OwnerIdAndPropertyColumns).Append(
            $"""
             FROM builds AS owner LEFT JOIN build_properties AS property ON property.build_id = owner.id
            WHERE owner.id = {Build} ORDER BY property.name
            """);
        return Read(session, sql, Build.Id is not null, cancellationToken);
    }

    /// <summary>Reads the properties of one build or one buildset. This build or buildset is the owner of the properties.</summary>
    /// <param name="session">The session.</param>
    /// <param name="sql">The SELECT of <see cref="PropertySql.OwnerIdAndPropertyColumns"/>.</param>
    /// <param name="pathHoldsOwnerId">
    /// Whether the query's path contains the owner's id. If true, the result for a missing owner is an empty map. If false, the result for
    /// a missing owner is null.
    /// </param>
    /// <param name="cancellationToken">Cancels the read.</param>
    internal static async ValueTask<PropertyMap?> Read(
        ReadSession session, SqlBuilder sql, bool pathHoldsOwnerId, CancellationToken cancellationToken)
    {
        ResourceSink<PropertyMap> sink = PropertySql.CreatePropertiesByOwnerSink(static (_, properties) => properties);
        await session.Query(sql, sink, cancellationToken).ConfigureAwait(false);
        sink.CompleteLastResource();
        return sink.Resources.Count > 0 ? sink.Resources[0] : pathHoldsOwnerId ? PropertyMap.Empty : null;
    }

    internal override IReadOnlyCollection<string> EventPatterns => [$"/builds/{Build.EventSegment}", $"/builds/{Build.EventSegment}/properties"];

    internal override async ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        this with { Build = await Build.Resolve(session, cancellationToken).ConfigureAwait(false) };

    PropertiesLiveResult IPropertiesQuery.CreateLiveResult(IRelatedResources related) =>
        new((e, token) => Build.Matches(e.Id, related, token), readPropertiesOfNewOwner: null);
}
