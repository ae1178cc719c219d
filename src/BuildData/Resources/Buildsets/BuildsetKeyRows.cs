using BuildData.Stores;

namespace BuildData;

/// <summary>Finds buildsets by their unique keys within an update.</summary>
internal static class BuildsetKeyRows
{
    /// <summary>Returns the id of the buildset with a key; null if there is none.</summary>
    public static async ValueTask<long?> Find(UpdateScope scope, string uniqueKey)
    {
        if (scope.Held.UniqueKeys.TryGetValue(uniqueKey, out long? held))
            return held;

        SqlBuilder sql = scope.Session.Sql();
        sql.Append($"SELECT id FROM buildsets WHERE unique_key = {uniqueKey}");
        List<long> known = await scope.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false);
        return known.Count > 0 ? known[0] : null;
    }

    /// <summary>Returns what was returned to the caller who added a buildset.</summary>
    public static async ValueTask<AddBuildsetResult> Existing(UpdateScope scope, long buildsetId)
    {
        SqlBuilder sql = scope.Session.Sql();
        sql.Append($"SELECT id AS BuildRequestId, builder_id AS BuilderId FROM buildrequests WHERE buildset_id = {buildsetId} ORDER BY id");
        List<BuildRequestRow> requests = await scope.Session.Rows<BuildRequestRow>(sql, CancellationToken.None).ConfigureAwait(false);
        IReadOnlyDictionary<long, long> ids = requests.ToDictionary(request => request.BuilderId, request => request.BuildRequestId).AsReadOnly();
        return new AddBuildsetResult(buildsetId, ids) { IsNew = false };
    }
}
