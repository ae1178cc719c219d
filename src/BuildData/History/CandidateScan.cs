using BuildData.Stores;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData.History;

/// <summary>
/// Finds the resources that may be old, in pages. Each page begins where the previous page ended. So a removal reads a resource that stays
/// only once. The reads lock no rows, and so delay no update.
/// </summary>
/// <remarks>
/// The first pages contain builds. When a build is removed, its build request and its buildset are usually removed in the same transaction.
/// The later pages contain old build requests without builds, and old buildsets without build requests. There are only a few of these.
/// </remarks>
internal sealed class CandidateScan(DateTimeOffset before, BuilderLimits limits)
{
    public const int PageLength = 1_000;

    private const string Columns = "SELECT build.id AS Id, build.builder_id AS BuilderId, build.number AS Number, build.complete_at AS At, (SELECT coalesce(max(number) + 1, 0) FROM steps WHERE build_id = build.id) AS Steps FROM builds AS build WHERE ";

    private readonly long _before = Timestamp.ToMicroseconds(before);
    private (long At, long Id) _last = (long.MinValue, 0);

    /// <summary>Prepares the scan for another kind of resource. The next page begins with the oldest resource of that kind.</summary>
    public void Restart() => _last = (long.MinValue, 0);

    /// <summary>Reads the next page of old builds.</summary>
    /// <returns>The builds of the page that can be removed, and whether there may be another page.</returns>
    public async ValueTask<(List<OldRow> Builds, bool HasMore)> ReadBuilds(ReadSession session, CancellationToken cancellationToken)
    {
        List<OldRow> page = await ReadPage(session, Columns, "build.complete_at", "build.id", "", cancellationToken).ConfigureAwait(false);
        return (await RemoveKept(session, page, cancellationToken).ConfigureAwait(false), page.Count == PageLength);
    }

    /// <summary>Reads the given builds. Returns the builds that can be removed.</summary>
    public async ValueTask<List<OldRow>> ReadBuildsByIds(ReadSession session, IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        SqlBuilder sql = session.Sql().Append(Columns).Append("build.id IN ").AppendList(ids);
        sql.Append($" AND build.complete_at < {_before}");
        List<OldRow> rows = await session.Rows<OldRow>(sql, cancellationToken).ConfigureAwait(false);
        return await RemoveKept(session, rows, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the next page of old build requests that have no builds.</summary>
    public ValueTask<List<OldRow>> ReadRequestsWithoutBuilds(ReadSession session, CancellationToken cancellationToken) =>
        ReadPage(
            session,
            "SELECT request.id AS Id, request.submitted_at AS At FROM buildrequests AS request WHERE ",
            "request.submitted_at", "request.id",
            " AND request.complete = 1 AND (SELECT id FROM builds WHERE buildrequest_id = request.id LIMIT 1) IS NULL",
            cancellationToken);

    /// <summary>Reads the next page of old buildsets that have no build requests.</summary>
    public ValueTask<List<OldRow>> ReadBuildsetsWithoutRequests(ReadSession session, CancellationToken cancellationToken) =>
        ReadPage(
            session,
            "SELECT buildset.id AS Id, buildset.submitted_at AS At FROM buildsets AS buildset WHERE ",
            "buildset.submitted_at", "buildset.id",
            " AND buildset.complete = 1 AND (SELECT id FROM buildrequests WHERE buildset_id = buildset.id LIMIT 1) IS NULL",
            cancellationToken);

    private async ValueTask<List<OldRow>> RemoveKept(ReadSession session, List<OldRow> builds, CancellationToken cancellationToken)
    {
        var left = new List<OldRow>(builds.Count);
        foreach (OldRow build in builds)
        {
            if (!await limits.Keep(session, build.BuilderId, build.Number, cancellationToken).ConfigureAwait(false))
                left.Add(build);
        }

        return left;
    }

    // Two queries, each of which is one range of an index by time: the rest of the rows with the last time, and the rows with later times.
    private async ValueTask<List<OldRow>> ReadPage(ReadSession session, string select, string time, string id, string condition, CancellationToken cancellationToken)
    {
        var page = new List<OldRow>();
        if (_last.At != long.MinValue)
        {
            SqlBuilder same = session.Sql().Append(select).Append(time).Append($" = {_last.At} AND ").Append(id).Append($" > {_last.Id}");
            same.Append(condition).Append(" ORDER BY ").Append(id).Append($" LIMIT {PageLength} + 0");
            page.AddRange(await session.Rows<OldRow>(same, cancellationToken).ConfigureAwait(false));
        }

        if (page.Count < PageLength)
        {
            SqlBuilder later = session.Sql().Append(select).Append(time).Append($" > {_last.At} AND ").Append(time).Append($" < {_before}");
            later.Append(condition).Append(" ORDER BY ").Append(time).Append(session.Dialect.AscendingNulls).Append(", ").Append(id).Append($" LIMIT {PageLength - page.Count} + 0");
            page.AddRange(await session.Rows<OldRow>(later, cancellationToken).ConfigureAwait(false));
        }

        if (page.Count > 0)
            _last = (page[^1].At, page[^1].Id);
        return page;
    }
}
