using BuildData.Definitions;
using BuildData.Sql;
using BuildData.Stores;
using BuildData.Updating.Prefetching;
using BuildData.Values;

namespace BuildData.History;

/// <summary>Reads the rows that <see cref="RemovalDecider"/> needs.</summary>
/// <param name="session">The session.</param>
/// <param name="before">The time before which a resource must have been completed.</param>
/// <param name="locksRows">
/// Whether to lock the rows that may be removed. If true, the reads leave out the rows that another transaction has locked.
/// </param>
/// <param name="cancellationToken">Cancels the reads.</param>
internal sealed class RemovalReader(ReadSession session, DateTimeOffset before, bool locksRows, CancellationToken cancellationToken)
{
    public bool LocksRows => locksRows;

    public ValueTask<NewestRows> ReadNewest() => NewestRows.Read(session, cancellationToken);

    /// <summary>Reads the resources that have the given ids and were completed before the time limit.</summary>
    /// <param name="resource">The resource type.</param>
    /// <param name="ids">The ids.</param>
    /// <param name="isSubmitted">Whether the resources must also have been submitted before the time limit.</param>
    public ValueTask<List<T>> ReadOld<T>(TableDefinition<T> resource, IReadOnlyList<long> ids, bool isSubmitted)
        where T : class =>
        ReadByIds(resource, ids, isOld: true, isSubmitted);

    /// <summary>Reads the resources that have the given ids.</summary>
    public ValueTask<List<T>> Read<T>(TableDefinition<T> resource, IReadOnlyList<long> ids)
        where T : class =>
        ReadByIds(resource, ids, isOld: false, isSubmitted: false);

    /// <summary>Reads the ids of the buildsets that have one of the builds as their parent build.</summary>
    public ValueTask<List<IdPair>> ReadTriggeredBuildsets(IReadOnlyList<long> builds) =>
        ReadPairs("SELECT id AS Id, parent_build_id AS OwnerId FROM buildsets WHERE parent_build_id IN ", builds);

    /// <summary>Reads the ids of the buildsets that rebuild one of the builds.</summary>
    public ValueTask<List<IdPair>> ReadRebuilds(IReadOnlyList<long> builds) =>
        ReadPairs("SELECT id AS Id, rebuilt_build_id AS OwnerId FROM buildsets WHERE rebuilt_build_id IN ", builds);

    public ValueTask<List<IdPair>> ReadSteps(IReadOnlyList<long> builds) =>
        ReadPairs("SELECT step.id AS Id, step.build_id AS OwnerId FROM steps AS step WHERE step.build_id IN ", builds, locksRows ? session.Dialect.LockRowsToRemove("step") : "");

    /// <summary>
    /// Counts the steps of builds. In each returned pair, <see cref="IdPair.OwnerId"/> is a build, and <see cref="IdPair.Id"/> is the
    /// number of its steps. Returns no pair for a build without steps.
    /// </summary>
    public ValueTask<List<IdPair>> CountSteps(IReadOnlyList<long> builds) =>
        ReadPairs("SELECT count(*) AS Id, build_id AS OwnerId FROM steps WHERE build_id IN ", builds, " GROUP BY build_id");

    public ValueTask<List<IdPair>> ReadBuilds(IReadOnlyList<long> requests) =>
        ReadPairs("SELECT id AS Id, buildrequest_id AS OwnerId FROM builds WHERE buildrequest_id IN ", requests);

    public ValueTask<List<IdPair>> ReadRequests(IReadOnlyList<long> buildsets) =>
        ReadPairs("SELECT id AS Id, buildset_id AS OwnerId FROM buildrequests WHERE buildset_id IN ", buildsets);

    public ValueTask<List<IdPair>> ReadLinks(IReadOnlyList<long> buildsets) =>
        ReadPairs("SELECT buildset_id AS Id, sourcestamp_id AS OwnerId FROM buildset_sourcestamps WHERE buildset_id IN ", buildsets);

    /// <summary>Returns the source stamps that have more links from buildsets than the given number.</summary>
    /// <param name="linksByStamp">The ids of source stamps, and for each source stamp the number of its links that the transaction removes.</param>
    public async ValueTask<HashSet<long>> FindStampsWithMoreLinks(IReadOnlyCollection<KeyValuePair<long, long>> linksByStamp)
    {
        if (linksByStamp.Count == 0)
            return [];

        // Many buildsets may refer to a source stamp. It is enough to count one more than are removed.
        var queries = new List<(SqlBuilder, RowSink)>();
        var counts = new List<ListSink<long>>();
        foreach ((long stamp, long removed) in linksByStamp)
        {
            var count = new ListSink<long>();
            var sql = new SqlBuilder();
            sql.Append($"SELECT count(*) FROM (SELECT buildset_id FROM buildset_sourcestamps WHERE sourcestamp_id = {stamp} LIMIT {removed + 1} + 0) AS link");
            queries.Add((sql, count));
            counts.Add(count);
        }

        await session.QueryAll(queries, cancellationToken).ConfigureAwait(false);
        return [.. linksByStamp.Where((stamp, i) => counts[i].Rows[0] > stamp.Value).Select(stamp => stamp.Key)];
    }

    private async ValueTask<List<T>> ReadByIds<T>(TableDefinition<T> resource, IReadOnlyList<long> ids, bool isOld, bool isSubmitted)
        where T : class
    {
        if (ids.Count == 0)
            return [];

        SqlBuilder sql = session.Sql().Append("SELECT ").Append(resource.Columns);
        resource.AppendDetailColumns(sql, PropertySelection.None);
        sql.Append(" FROM ").Append(resource.Table);
        resource.AppendDetailJoins(sql, PropertySelection.None);
        sql.Append(" WHERE ").Append(resource.IdColumn).Append(" IN ").AppendList(ids);
        if (isOld)
            sql.Append(" AND ").Append(resource.Alias).Append(".complete = 1 AND ").Append(resource.Alias).Append($".complete_at < {before}");
        if (isSubmitted)
            sql.Append(" AND ").Append(resource.Alias).Append($".submitted_at < {before}");

        sql.Append(" ORDER BY ").Append(resource.IdColumn);
        if (resource.DetailOrderColumn(PropertySelection.None) is { } detailOrder)
            sql.Append(", ").Append(detailOrder);
        if (locksRows)
            sql.Append(session.Dialect.LockRowsToRemove(resource.Alias));

        ResourceSink<T> sink = resource.CreateSink(PropertySelection.None);
        await session.Query(sql, sink, cancellationToken).ConfigureAwait(false);
        sink.CompleteLastResource();
        return sink.Resources;
    }

    private async ValueTask<List<IdPair>> ReadPairs(string select, IReadOnlyList<long> ids, string end = "")
    {
        if (ids.Count == 0)
            return [];

        return await session.Rows<IdPair>(session.Sql().Append(select).AppendList(ids).Append(end), cancellationToken).ConfigureAwait(false);
    }
}
