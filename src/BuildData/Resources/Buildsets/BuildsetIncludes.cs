using BuildData.Queries;
using BuildData.Resources.BuildRequests;
using BuildData.Resources.Builds;
using BuildData.Resources.Properties;
using BuildData.Stores;

namespace BuildData.Resources.Buildsets;

/// <summary>Declares the data that queries can return together with buildsets.</summary>
internal static class BuildsetIncludes
{
    public static readonly IReadOnlyList<Include> All =
    [
        RelatedIncludes.Many<Buildset, BuildRequest>(
            "buildrequests",
            BuildRequestDefinition.Instance,
            "request.buildset_id",
            "request.id",
            static buildset => buildset.BuildsetId,
            static request => request.BuildsetId,
            static (buildset, requests) => buildset with { BuildRequests = requests }),
        RelatedIncludes.Many<Buildset, Build>(
            "builds",
            BuildDefinition.Instance,
            "build.buildset_id",
            "build.id",
            static buildset => buildset.BuildsetId,
            static build => build.BuildsetId,
            static (buildset, builds) => buildset with { Builds = builds }),
        new RelatedInclude<Buildset, KeyValuePair<long, PropertyMap>>(
            "properties",
            static buildset => buildset.BuildsetId,
            static owner => owner.Key,
            static (buildset, owners) => buildset with { Properties = owners.Count == 0 ? PropertyMap.Empty : owners[0].Value })
        {
            CreateSink = static () => PropertySql.CreatePropertiesByOwnerSink(static (owner, properties) => new KeyValuePair<long, PropertyMap>(owner, properties)),
            AppendStatement = AppendProperties,
            ReadsResources = false,
        },
    ];

    private static void AppendProperties(SqlBuilder sql, SqlDialect dialect, string keys, long limit)
    {
        sql.Append("SELECT property.buildset_id, ").Append(PropertySql.PropertyColumns.Text).Append(" FROM buildset_properties AS property")
            .Condition().Append("property.buildset_id");
        dialect.AppendIsOneOf(sql, keys);
        sql.Append(" ORDER BY property.buildset_id, property.name");
    }
}
