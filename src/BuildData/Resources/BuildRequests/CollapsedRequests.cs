using System.Globalization;
using BuildData.Stores;

namespace BuildData;

/// <summary>
/// A new build request makes older ones of the same builder needless if they wait to build exactly the same source.
/// </summary>
internal static class CollapsedRequests
{
    /// <summary>
    /// What requests must have in common: the source stamps. Null for those that are never needless: without a source stamp
    /// there is nothing to tell what they build, and with a patch each is a try of its own.
    /// </summary>
    public static string? Key(IReadOnlyList<SourceStamp> sourceStamps) =>
        sourceStamps.Count == 0 || sourceStamps.Any(stamp => stamp.Patch is not null)
            ? null
            : string.Join(',', sourceStamps.Select(stamp => stamp.SourceStampId.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Claims and skips the requests that the new ones make needless, and completes their buildsets where that was the last.</summary>
    public static async ValueTask Collapse(UpdateScope scope, List<BuildRequest> newRequests, string key)
    {
        var buildsets = new SortedSet<long>();
        foreach (BuildRequest newer in newRequests.OrderBy(request => request.BuilderId))
        {
            // Of two that are added at the same time, one is the older: that which had the builder first.
            if (scope.Session.Dialect.HasSeveralWriters)
                await scope.Lock(new OneBuilder(newer.BuilderId), newer.BuilderId).ConfigureAwait(false);

            foreach (long id in await Find(scope, newer, key).ConfigureAwait(false))
            {
                BuildRequest older = await BuildRequestRows.Find(scope, id).ConfigureAwait(false);
                older = await BuildRequestRows.Claim(scope, older, claimedAt: null).ConfigureAwait(false);
                await BuildRequestRows.Complete(scope, older, BuildResult.Skipped, completeAt: null).ConfigureAwait(false);
                buildsets.Add(older.BuildsetId);
            }
        }

        foreach (long buildsetId in buildsets)
            await BuildsetRows.CompleteIfDone(scope, buildsetId).ConfigureAwait(false);
    }

    private static ValueTask<List<long>> Find(UpdateScope scope, BuildRequest newer, string key)
    {
        SqlBuilder sql = scope.Session.Sql();
        sql.Append(
            $"""
            SELECT id FROM buildrequests
            WHERE builder_id = {newer.BuilderId} AND collapse_key = {key} AND claimed_by IS NULL AND complete = 0
                AND buildset_id <> {newer.BuildsetId}
            ORDER BY id
            """);
        sql.Append(scope.Session.Dialect.LockRows("buildrequests"));
        return scope.Session.Rows<long>(sql, CancellationToken.None);
    }
}
