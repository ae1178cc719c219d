using BuildData.Resources.Properties;
using BuildData.Resources.SourceStamps;

namespace BuildData.Resources.BuildRequests;

/// <summary>Declares how build requests are filtered by the properties and the source stamps of their buildsets.</summary>
internal static class BuildRequestRelations
{
    public static readonly PropertyRelation Properties = new(
        "buildset_properties", "buildset_id", "request.buildset_id", static (request, _, _) => new(((BuildRequest)request).Properties ?? PropertyMap.Empty))
    {
        FindTableToJoin = FindTableToJoin,
    };

    public static readonly SourceStampRelation SourceStamps = new(
        "request.buildset_id", static (request, related, token) => related.Get(new BuildsetById(((BuildRequest)request).BuildsetId), token))
    {
        FindTableToJoin = FindTableToJoin,
    };

    // The other collections contain only a few build requests.
    private static string? FindTableToJoin(Query query) => query is AllBuildRequests or BuildRequestsOfBuilder ? "buildrequests AS request" : null;
}
