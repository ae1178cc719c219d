using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Resources.Properties;
using BuildData.Stores;
using BuildData.Watching;

namespace BuildData;

/// <summary>Represents the query of <c>/buildsets/{bsid}/properties</c>: the properties of a buildset.</summary>
/// <param name="BuildsetId">The buildset's id.</param>
public sealed record PropertiesOfBuildset(long BuildsetId) : SingleQuery<PropertyMap>, IPropertyWatch
{
    /// <inheritdoc/>
    public override string Path => $"/buildsets/{BuildsetId}/properties";

    internal override ResourceDefinition Resource => PropertyDefinition.Instance;

    internal override ValueTask<PropertyMap?> Read(ReadSession session, BoundSpec spec, CancellationToken cancellationToken)
    {
        SqlBuilder sql = session.Sql();
        sql.Append(
            $"""
            SELECT t.id AS OwnerId, p.name AS PropertyName, p.value AS PropertyValue, p.source AS PropertySource
            FROM buildsets AS t LEFT JOIN buildset_properties AS p ON p.buildset_id = t.id WHERE t.id = {BuildsetId} ORDER BY p.name
            """);
        return PropertiesOfBuild.Read(session, sql, ownerIsNamedById: true, cancellationToken);
    }

    internal override IReadOnlyCollection<string> EventPatterns => [$"/buildsets/{BuildsetId}"];

    PropertyLiveResult IPropertyWatch.CreateLiveResult(IRelatedResources related) =>
        new(static (_, _) => new(true), (e, token) => related.Get(new PropertiesOfBuildset(e.Id), token));
}

/// <summary>Represents the query of <c>/builds/{buildid}/properties</c>: the properties of a build.</summary>
/// <param name="Build">The build.</param>
public sealed record PropertiesOfBuild(BuildRef Build) : SingleQuery<PropertyMap>, IPropertyWatch
{
    /// <inheritdoc/>
    public override string Path => $"{Build}/properties";

    internal override ResourceDefinition Resource => PropertyDefinition.Instance;

    internal override ValueTask<PropertyMap?> Read(ReadSession session, BoundSpec spec, CancellationToken cancellationToken)
    {
        SqlBuilder sql = session.Sql();
        sql.Append(
            $"""
            SELECT b.id AS OwnerId, p.name AS PropertyName, p.value AS PropertyValue, p.source AS PropertySource
            FROM builds AS b LEFT JOIN build_properties AS p ON p.build_id = b.id WHERE b.id = {Build} ORDER BY p.name
            """);
        return Read(session, sql, Build.Id is not null, cancellationToken);
    }

    /// <summary>Reads the selected properties. For an owner that does not exist, returns an empty map if the path holds its id, as collections do; otherwise null.</summary>
    internal static async ValueTask<PropertyMap?> Read(
        ReadSession session, SqlBuilder sql, bool ownerIsNamedById, CancellationToken cancellationToken)
    {
        var sink = new DetailedSink<PropertyOwnerRow, PropertyRow, PropertyMap>(1, static (_, properties) => PropertyRow.ToMap(properties));
        await session.Query(sql, sink, cancellationToken).ConfigureAwait(false);
        sink.Complete();
        return sink.Resources.Count > 0 ? sink.Resources[0] : ownerIsNamedById ? PropertyMap.Empty : null;
    }

    internal override IReadOnlyCollection<string> EventPatterns => [$"/builds/{Build.EventSegment}", $"/builds/{Build.EventSegment}/properties"];

    internal override async ValueTask<Query> Resolve(ReadSession session, CancellationToken cancellationToken) =>
        this with { Build = await Build.Resolve(session, cancellationToken).ConfigureAwait(false) };

    PropertyLiveResult IPropertyWatch.CreateLiveResult(IRelatedResources related) =>
        new((e, token) => Build.Matches(e.Id, related, token), read: null);
}
