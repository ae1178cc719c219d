using BuildData.Definitions;
using BuildData.Sql;
using BuildData.Stores;
using BuildData.Updating.Caching;

namespace BuildData.Updating.Prefetching;

/// <summary>
/// Reads and locks all rows that the updates of a transaction need, before the updates run. This usually takes one or two round trips to the
/// database, not one for each row.
/// </summary>
/// <remarks>
/// <para>Each update has a <see cref="PrefetchPlan"/>. The plan lists the rows that the update locks, and describes the data that the
/// update reads.</para>
/// <para>The first round trip reads data that determines which rows to lock. If this data is cached, there is no first round trip.</para>
/// <para>The second round trip first locks rows, and then reads the data that these locks protect. All masters lock rows in the same order, so
/// that they can't deadlock: by the <see cref="ResourceTable.LockOrder"/> of the table, and within a table by id.</para>
/// <para>If other transactions have locked some of the rows, the prefetch either waits for these rows or skips them. A row that is missing
/// in the result was either skipped, or does not exist. A third round trip finds out which missing rows exist: these are the skipped rows.
/// An update that needs a skipped row is <em>blocked</em>: it must not run in this transaction.</para>
/// </remarks>
internal sealed class Prefetch
{
    private readonly UpdateContext _context;
    private readonly IReadOnlyList<StoreUpdate> _updates;
    private readonly PrefetchPlan[] _plans;
    private readonly bool _waitsForLocks;
    private readonly List<Prefetcher> _prefetchers = [];
    private readonly Dictionary<string, Prefetcher> _byTable = new(StringComparer.Ordinal);
    private readonly PrefetchStatements _statements;
    private readonly Dictionary<string, SortedSet<long>> _idsToLock = new(StringComparer.Ordinal);
    private readonly HashSet<RowKey> _locked = [];
    private readonly HashSet<RowKey> _blocked = [];
    private readonly SortedDictionary<string, int> _newIds = new(StringComparer.Ordinal);

    /// <summary>Creates a prefetch for the updates of a transaction.</summary>
    /// <param name="context">The context of the transaction.</param>
    /// <param name="updates">The updates.</param>
    /// <param name="waitsForLocks">
    /// True to wait for rows that other transactions have locked. False to skip these rows. The updates that need skipped rows are then
    /// blocked.
    /// </param>
    public Prefetch(UpdateContext context, IReadOnlyList<StoreUpdate> updates, bool waitsForLocks)
    {
        _context = context;
        _updates = updates;
        _waitsForLocks = waitsForLocks;
        _plans = [.. updates.Select(update => update.PrefetchPlan(context.Options))];
        _statements = new PrefetchStatements(context.Session);
        foreach (ResourceDefinition resource in context.Catalog.InLockOrder)
        {
            if (resource is not IPrefetchSource source)
                continue;

            Prefetcher prefetcher = source.CreatePrefetcher(this);
            _prefetchers.Add(prefetcher);
            _byTable.Add(resource.ResourceTable!.Name, prefetcher);
        }

        _prefetchers.Add(new RowIdByNamePrefetcher(this));
        _prefetchers.Add(new RowExistencePrefetcher(this));
    }

    public BuildDataOptions Options => _context.Options;

    public RowCache Cache => _context.Cache;

    public SharedRowCache Shared => _context.Cache.Shared!;

    public SqlDialect Dialect => _context.Session.Dialect;

    public bool WantsProperties => _context.WantsProperties;

    /// <summary>Gets whether the prefetch ignores rows in the shared cache, and locks and reads these rows in the database instead.</summary>
    public bool BypassesSharedCache => _waitsForLocks;

    public PrefetchStatements Statements => _statements;

    /// <summary>
    /// Tries to make a prefetch unnecessary. If an update uses only one row, and if the shared cache contains this row, moves the row from
    /// the shared cache to the transaction's cache.
    /// </summary>
    /// <returns>
    /// False if the update uses anything else, or if the shared cache does not contain the row. Then the update needs a prefetch.
    /// </returns>
    public static bool TrySkipPrefetch(RowCache cache, PrefetchPlan plan)
    {
        if (plan.OnlyRow is not { } row)
            return false;

        lock (cache.Shared!.Lock)
            return cache.TryMoveFromShared(row);
    }

    /// <summary>Runs the prefetch.</summary>
    /// <returns>The blocked updates, which need rows that other transactions have locked. These updates must not run in this transaction.</returns>
    public async ValueTask<IReadOnlyCollection<StoreUpdate>> Run()
    {
        _prefetchers.ForEach(prefetcher => prefetcher.AddReadsBeforeLocking());
        await _statements.Run().ConfigureAwait(false);
        lock (Shared.Lock)
            CollectAll();
        _prefetchers.ForEach(prefetcher => prefetcher.AddLockingReads());
        _prefetchers.ForEach(prefetcher => prefetcher.AddReadsAfterLocking());
        ReserveIds();
        await _statements.Run().ConfigureAwait(false);
        if (_waitsForLocks)
            return [];

        await FindBlocked().ConfigureAwait(false);
        return [.. _updates.Where((_, i) => IsBlocked(_plans[i]))];
    }

    /// <summary>Returns the prefetcher of a type.</summary>
    public T GetPrefetcher<T>()
        where T : Prefetcher => _prefetchers.OfType<T>().First();

    /// <summary>Returns all objects of a type from the <see cref="PrefetchPlan.Needs"/> of the updates, without duplicates.</summary>
    public IEnumerable<T> Needs<T>()
        where T : class => _plans.SelectMany(plan => plan.Needs).OfType<T>().Distinct();

    /// <summary>Returns the ids of the rows of a table that the prefetch must lock.</summary>
    public SortedSet<long> IdsToLock(string table)
    {
        if (!_idsToLock.TryGetValue(table, out SortedSet<long>? ids))
            _idsToLock.Add(table, ids = []);
        return ids;
    }

    /// <summary>Adds a row to the rows that the prefetch must lock.</summary>
    public void AddRowToLock(RowKey row) => IdsToLock(row.Table).Add(row.Id);

    public void SetLocked(RowKey row)
    {
        _locked.Add(row);
        Cache.SetLocked(row);
    }

    public bool IsLocked(RowKey row) => _locked.Contains(row);

    /// <summary>
    /// Blocks all updates whose plans contain a row. The caller has found that these updates also need another row, which another transaction
    /// has locked.
    /// </summary>
    public void BlockUpdatesOf(RowKey row) => _blocked.Add(row);

    /// <summary>Reserves ids for the rows that updates add to a table.</summary>
    public void ReserveNewIds(string table, int count)
    {
        if (count > 0)
            _newIds[table] = _newIds.GetValueOrDefault(table) + count;
    }

    /// <summary>Returns the SQL clause that locks the rows of a SELECT statement.</summary>
    public string LockClause(string alias) => Dialect.LockRows(alias, skipsLocked: !_waitsForLocks);

    private void CollectAll()
    {
        foreach (PrefetchPlan plan in _plans)
        {
            foreach (RowKey row in plan.Rows)
            {
                if (_byTable.TryGetValue(row.Table, out Prefetcher? prefetcher))
                    prefetcher.CollectRowToLock(row, plan);
            }

            foreach (Prefetcher prefetcher in _prefetchers)
                prefetcher.CollectNeeds(plan);
        }
    }

    private void ReserveIds()
    {
        foreach ((string table, int count) in _plans.SelectMany(plan => plan.NewIds))
            ReserveNewIds(table, count);
        foreach ((string table, int count) in _newIds)
        {
            if (_context.Session.Reserve(table, count) is { } query)
                _statements.Add(query.Sql, query.Sink);
        }
    }

    /// <summary>
    /// Finds the rows that the prefetch has skipped because other transactions have locked them. Distinguishes these rows from rows that do not
    /// exist.
    /// </summary>
    private async ValueTask FindBlocked()
    {
        _prefetchers.ForEach(prefetcher => prefetcher.MarkBlockedRows());
        foreach ((string table, SortedSet<long> toLock) in _idsToLock)
        {
            long[] missing = [.. toLock.Where(id => !_locked.Contains(new RowKey(table, id)))];
            if (missing.Length == 0)
                continue;

            var ids = new ListSink<long>();
            _statements.Add(
                new SqlBuilder().Append("SELECT id FROM ").Append(table).Append(" WHERE id IN ").AppendList(missing),
                ids, () => _blocked.UnionWith(ids.Rows.Select(id => new RowKey(table, id))));
        }

        await _statements.Run().ConfigureAwait(false);
    }

    private bool IsBlocked(PrefetchPlan plan) =>
        plan.Rows.Any(_blocked.Contains) || _prefetchers.Exists(prefetcher => prefetcher.IsBlocked(plan));
}
