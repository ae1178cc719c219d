using BuildData.Stores;

namespace BuildData.Resources.Buildsets;

/// <summary>
/// Finds, within an update, the buildset that has a unique key. The caller of <see cref="Updates.AddBuildset"/> chooses the key, so
/// that repeated calls add only one buildset.
/// </summary>
internal static class UniqueKeyLookup
{
    /// <summary>Returns the id of the buildset with the given unique key; null if there is no such buildset.</summary>
    public static async ValueTask<long?> TryGetBuildsetId(UpdateContext context, string uniqueKey)
    {
        if (context.Cache.GetPart<BuildsetCache>().UniqueKeys.TryGet(uniqueKey, out long? cached))
            return cached;

        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT id FROM buildsets WHERE unique_key = {uniqueKey}");
        List<long> known = await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        return known.Count > 0 ? known[0] : null;
    }

    /// <summary>
    /// Returns the ids that the call of <see cref="Updates.AddBuildset"/> returned when it added the buildset. In the result,
    /// <see cref="AddedBuildset.IsNew"/> is false.
    /// </summary>
    public static async ValueTask<AddedBuildset> GetAddedBuildset(UpdateContext context, long buildsetId)
    {
        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT id AS BuildRequestId, builder_id AS BuilderId FROM buildrequests WHERE buildset_id = {buildsetId} ORDER BY id");
        List<BuildRequest> requests = await context.Session.Rows<BuildRequest>(sql, CancellationToken.None).ConfigureAwait(false);
        IReadOnlyDictionary<long, long> ids = requests.ToDictionary(request => request.BuilderId, request => request.BuildRequestId).AsReadOnly();
        return new AddedBuildset(buildsetId, ids) { IsNew = false };
    }
}
