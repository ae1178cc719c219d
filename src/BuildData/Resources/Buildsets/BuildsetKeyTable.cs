using BuildData.Resources.BuildRequests;
using BuildData.Stores;

namespace BuildData.Resources.Buildsets;

/// <summary>Finds buildsets by their unique keys within an update.</summary>
internal static class BuildsetKeyTable
{
    /// <summary>Returns the id of the buildset with a unique key; null if it does not exist.</summary>
    public static async ValueTask<long?> TryGetBuildsetId(UpdateContext context, string uniqueKey)
    {
        if (context.Cache.Get<BuildsetCache>().UniqueKeys.TryGet(uniqueKey, out long? cached))
            return cached;

        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT id FROM buildsets WHERE unique_key = {uniqueKey}");
        List<long> known = await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        return known.Count > 0 ? known[0] : null;
    }

    /// <summary>Returns the same result as the call that added the buildset, except for <see cref="AddedBuildset.IsNew"/>.</summary>
    public static async ValueTask<AddedBuildset> GetAdded(UpdateContext context, long buildsetId)
    {
        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT id AS BuildRequestId, builder_id AS BuilderId FROM buildrequests WHERE buildset_id = {buildsetId} ORDER BY id");
        List<BuildRequestRow> requests = await context.Session.Rows<BuildRequestRow>(sql, CancellationToken.None).ConfigureAwait(false);
        IReadOnlyDictionary<long, long> ids = requests.ToDictionary(request => request.BuilderId, request => request.BuildRequestId).AsReadOnly();
        return new AddedBuildset(buildsetId, ids) { IsNew = false };
    }
}
