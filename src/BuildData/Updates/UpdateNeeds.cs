using System.Numerics;
using BuildData.Stores;

namespace BuildData;

/// <summary>The rows that updates are going to ask for: read at once, locked in the order of their ids.</summary>
internal sealed class UpdateNeeds
{
    private const long NoBuild = -1;

    // A statement has room for some more.
    private const int MostIds = 16_384;

    private readonly SortedSet<long> _steps = [];
    private readonly SortedSet<long> _builds = [];
    private readonly SortedSet<long> _requests = [];
    private readonly SortedSet<long> _stepNames = [];
    private readonly SortedDictionary<string, int> _newIds = new(StringComparer.Ordinal);

    public void Step(long id) => _steps.Add(id);

    public void Build(long id) => _builds.Add(id);

    public void Request(long id) => _requests.Add(id);

    public void Requests(long[] ids) => _requests.UnionWith(ids);

    public void NewStep(long buildId)
    {
        _builds.Add(buildId);
        _stepNames.Add(buildId);
        NewIds("steps");
    }

    public void NewIds(string table, int count = 1) => _newIds[table] = _newIds.GetValueOrDefault(table) + count;

    /// <summary>Reads them into the scope's held rows.</summary>
    public async ValueTask Load(UpdateScope scope)
    {
        // Everybody locks in this order, and in each table by id, so that few wait for each other in a circle.
        var queries = new List<(SqlBuilder Sql, RowSink Sink)>();
        ResourceSink<BuildRequest>? requests = Lock(scope, queries, Catalog.BuildRequests, _requests);
        ResourceSink<Build>? builds = Lock(scope, queries, Catalog.Builds, _builds);
        ResourceSink<Step>? steps = Lock(scope, queries, Catalog.Steps, _steps);
        ListSink<StepNameRow>? names = Names(scope, queries);
        foreach ((string table, int count) in _newIds)
        {
            if (scope.Session.Reserve(table, count) is { } query)
                queries.Add(query);
        }

        if (queries.Count == 0)
            return;

        await scope.Session.QueryAll(queries, CancellationToken.None).ConfigureAwait(false);
        Hold(requests, scope.Held.BuildRequests, request => request.BuildRequestId);
        Hold(builds, scope.Held.Builds, build => build.BuildId);
        Hold(steps, scope.Held.Steps, step => step.StepId);
        if (names is not null)
            StepRows.HoldNames(scope, _stepNames, names.Rows);
    }

    private static ResourceSink<T>? Lock<T>(UpdateScope scope, List<(SqlBuilder Sql, RowSink Sink)> queries, TableResource<T> resource, SortedSet<long> ids)
        where T : class
    {
        if (ids.Count == 0)
            return null;

        ResourceSink<T> sink = resource.CreateSink(ResultSpec.Empty);
        foreach (long[] some in ids.Chunk(MostIds))
        {
            SqlBuilder sql = new SqlBuilder().Append("SELECT ").Append(resource.Columns).Append(" FROM ").Append(resource.Table)
                .Append(" WHERE ").Append(resource.Key).Append(" IN ");
            AppendList(sql, some);
            sql.Append(" ORDER BY ").Append(resource.Key).Append(scope.Session.Dialect.LockRows(resource.Alias));
            queries.Add((sql, sink));
        }

        return sink;
    }

    /// <summary>The names of builds' steps behind those that are held.</summary>
    private ListSink<StepNameRow>? Names(UpdateScope scope, List<(SqlBuilder Sql, RowSink Sink)> queries)
    {
        if (_stepNames.Count == 0)
            return null;

        // Behind the locks: who holds a build's row sees all of its steps.
        var sink = new ListSink<StepNameRow>();
        SqlBuilder sql = new SqlBuilder().Append("SELECT s.build_id AS BuildId, s.name AS Name FROM (VALUES ");
        long[] builds = [.. _stepNames];
        int length = (int)BitOperations.RoundUpToPowerOf2((uint)builds.Length);
        for (int i = 0; i < length; i++)
        {
            long buildId = i < builds.Length ? builds[i] : NoBuild;
            sql.Append(i == 0 ? "(" : ", (").Value(buildId).Append(", ").Value(scope.Held.StepNames.GetValueOrDefault(buildId)?.Count ?? 0).Append(")");
        }

        // Not a plain join: without fresh statistics, of a table that grows, it would be one that reads all steps there are.
        sql.Append(") AS k (build_id, number) CROSS JOIN LATERAL (SELECT build_id, name FROM steps WHERE build_id = k.build_id AND number >= k.number OFFSET 0) AS s");
        queries.Add((sql, sink));
        return sink;
    }

    private static void Hold<T>(ResourceSink<T>? sink, Dictionary<long, T> held, Func<T, long> key)
    {
        if (sink is null)
            return;

        sink.Complete();
        foreach (T resource in sink.Resources)
            held[key(resource)] = resource;
    }

    // Lengths are rounded up, so that a few prepared statements serve all.
    private static void AppendList(SqlBuilder sql, long[] ids)
    {
        int length = (int)BitOperations.RoundUpToPowerOf2((uint)ids.Length);
        for (int i = 0; i < length; i++)
            sql.Append(i == 0 ? "(" : ", ").Value(ids[Math.Min(i, ids.Length - 1)]);
        sql.Append(")");
    }
}
