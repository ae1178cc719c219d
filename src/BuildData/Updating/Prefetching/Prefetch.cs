using BuildData.Definitions;
using BuildData.Sql;
using BuildData.Stores;

namespace BuildData.Updating.Prefetching;

/// <summary>
/// Reads and locks the rows in the plans of a batch's updates, usually in two round trips or one.
/// </summary>
/// <remarks>
/// <para>The first round trip finds source stamps. It is left out if they are cached.</para>
/// <para>
/// The second round trip first locks rows. All masters lock them in the same order, so that they can't deadlock: builders, buildsets,
/// build requests, builds, steps, and by id within each table. Then it reads the data that the updates use, protected by the locks.
/// </para>
/// <para>
/// If the prefetch does not wait, rows that other transactions have locked are missing from the results. Another round trip then
/// distinguishes them from rows that do not exist. The updates that use them are blocked.
/// </para>
/// </remarks>
/// <param name="context">The context of the transaction.</param>
/// <param name="updates">The updates.</param>
/// <param name="waits">Whether to wait for rows that other transactions have locked. Otherwise the updates that use them are reported as blocked.</param>
internal sealed partial class Prefetch(UpdateContext context, IReadOnlyList<StoreUpdate> updates, bool waits)
{
    private readonly List<(SqlBuilder Sql, RowSink Sink)> _queries = [];
    private readonly List<Action> _read = [];
    private readonly SortedSet<long> _builders = [];
    private readonly SortedSet<long> _buildsets = [];
    private readonly SortedSet<long> _requests = [];
    private readonly SortedSet<long> _completes = [];
    private readonly SortedSet<long> _builds = [];
    private readonly SortedSet<long> _steps = [];
    private readonly HashSet<(long BuilderId, string Key)> _waiting = [];
    private readonly List<(string Table, int Count)> _newRows = [];
    private readonly HashSet<RowKey> _locked = [];
    private readonly HashSet<RowKey> _blocked = [];
    private readonly HashSet<(long BuilderId, string Key)> _blockedKeys = [];

    private RowCache Cache => context.Cache;

    private SharedRowCache Shared => context.Cache.Shared!;

    private string LockClause(string alias) => context.Session.Dialect.LockRows(alias, skipsLocked: !waits);

    /// <summary>
    /// Moves the only row of a single update from the shared cache to the transaction's cache.
    /// </summary>
    /// <returns>False if the update needs anything else, or if the row is not cached. The update then needs a prefetch.</returns>
    public static bool TryTakeKnown(RowCache cache, PrefetchPlan plan)
    {
        if (plan.OnlyRow is not { Table: "steps" or "builds" } row)
            return false;

        lock (cache.Shared!.Lock)
            return cache.TryTakeShared(row);
    }

    /// <summary>Runs the prefetch.</summary>
    /// <returns>The blocked updates: those whose rows other transactions have locked.</returns>
    public async ValueTask<IReadOnlyCollection<StoreUpdate>> Run()
    {
        PrefetchPlan[] plan = [.. updates.Select(update => update.PrefetchPlan(context.Options))];
        await FindStamps(plan).ConfigureAwait(false);
        TakeShared(plan);
        LockAll();
        ReadAll(plan);
        await Query().ConfigureAwait(false);
        if (waits)
            return [];

        await FindBlocked().ConfigureAwait(false);
        return _blocked.Count + _blockedKeys.Count == 0 ? [] : [.. updates.Where((_, i) => IsBlocked(plan[i]))];
    }

    /// <summary>Finds the requested rows that other transactions have locked, and distinguishes them from rows that do not exist.</summary>
    private async ValueTask FindBlocked()
    {
        foreach (BuildRequest request in _completes.Where(Cache.BuildRequests.ContainsKey).Select(id => Cache.BuildRequests[id]))
        {
            if (!_locked.Contains(new RowKey("buildsets", request.BuildsetId)))
                _blocked.Add(new RowKey("buildrequests", request.BuildRequestId));
        }

        foreach ((string table, SortedSet<long> asked) in (ReadOnlySpan<(string, SortedSet<long>)>)
            [("builders", _builders), ("buildsets", _buildsets), ("buildrequests", [.. _requests, .. _completes]), ("builds", _builds), ("steps", _steps)])
        {
            long[] missing = [.. asked.Where(id => !_locked.Contains(new RowKey(table, id)))];
            if (missing.Length == 0)
                continue;

            var ids = new ListSink<long>();
            Add(
                new SqlBuilder().Append("SELECT id FROM ").Append(table).Append(" WHERE id IN ").AppendList(missing),
                ids, () => _blocked.UnionWith(ids.Rows.Select(id => new RowKey(table, id))));
        }

        await Query().ConfigureAwait(false);
    }

    private bool IsBlocked(PrefetchPlan plan) =>
        plan.Rows.Any(_blocked.Contains)
        || (_blockedKeys.Count > 0 && plan.NewBuildset is { } buildset && KeyOf(buildset) is { } key
            && buildset.BuilderIds.Any(builder => _blockedKeys.Contains((builder, key))));

    private bool HasBuildsets => _buildsets.Count + _completes.Count + _waiting.Count > 0;

    /// <summary>Appends the ids of buildsets, in parentheses: the requested ones, and those of build requests.</summary>
    private SqlBuilder AppendBuildsets(SqlBuilder sql, bool ofAllRequests = false)
    {
        string separator = "(";
        if (_buildsets.Count > 0)
            Next().Append("SELECT wanted.id FROM ").AppendValues([.. _buildsets], static (sql, id) => sql.Value(id), IdList.NoId).Append(" AS wanted (id)");
        long[] requests = ofAllRequests ? [.. _requests, .. _completes] : [.. _completes];
        if (requests.Length > 0)
            Next().Append("SELECT buildset_id FROM buildrequests WHERE id IN ").AppendList(requests);
        if (_waiting.Count > 0)
            AppendWaiting(Next().Append("SELECT request.buildset_id FROM "));
        return sql.Append(")");

        SqlBuilder Next()
        {
            sql.Append(separator);
            separator = " UNION ALL ";
            return sql;
        }
    }

    /// <summary>Appends the build requests that the requests of new buildsets replace, with the alias <c>request</c>.</summary>
    private SqlBuilder AppendWaiting(SqlBuilder sql) =>
        sql.AppendValues<(long BuilderId, string Key)>(
            [.. _waiting], static (sql, key) => sql.Value(key.BuilderId).Append(", ").Value(key.Key), (IdList.NoId, ""))
            .Append(
                """
                 AS wanted (builder_id, collapse_key) JOIN buildrequests AS request
                ON request.builder_id = wanted.builder_id AND request.collapse_key = wanted.collapse_key
                AND request.claimed_by IS NULL AND request.complete = 0
                """);

    private void Add(SqlBuilder sql, RowSink sink, Action read)
    {
        _queries.Add((sql, sink));
        _read.Add(read);
    }

    private void Add<T>(SqlBuilder sql, ResourceSink<T> sink, Action read) =>
        Add(sql, (RowSink)sink, () =>
        {
            sink.Complete();
            read();
        });

    private async ValueTask Query()
    {
        if (_queries.Count == 0)
            return;

        await context.Session.QueryAll(_queries, CancellationToken.None).ConfigureAwait(false);
        _read.ForEach(read => read());
        _queries.Clear();
        _read.Clear();
    }
}
