using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Holds the updates that have not begun, in order, and the rows and tables that running updates have reserved. Not safe for use
/// by several threads at the same time: the caller holds a lock.
/// </summary>
internal sealed class UpdateQueue
{
    private const int MaxBatchSize = 512;
    private const int MaxScanned = 8192;

    private readonly LinkedList<PendingUpdate> _updates = [];
    private readonly HashSet<RowKey> _reservedRows = [];
    private readonly HashSet<TableSet> _reservedTables = [];

    /// <summary>Gets the number of updates in the queue.</summary>
    public int Count => _updates.Count;

    /// <summary>
    /// Gets the number of updates that need a batch that waits for their rows (<see cref="PendingUpdate.MustWait"/>).
    /// </summary>
    public int MustWaitCount { get; private set; }

    /// <summary>Gets the number of all other updates.</summary>
    public int ReadyCount => Count - MustWaitCount;

    /// <summary>Adds an update at the end.</summary>
    public void Add(PendingUpdate update)
    {
        _updates.AddLast(update);
        MustWaitCount += update.MustWait ? 1 : 0;
    }

    /// <summary>Returns updates to the head of the queue, in their order.</summary>
    public void PutBack(IReadOnlyList<PendingUpdate> updates)
    {
        for (int i = updates.Count - 1; i >= 0; i--)
        {
            _updates.AddFirst(updates[i]);
            MustWaitCount += updates[i].MustWait ? 1 : 0;
        }
    }

    /// <summary>Reserves the rows of updates that begin, until <see cref="Release"/>.</summary>
    /// <param name="updates">The updates.</param>
    /// <param name="reservesTables">Whether to reserve their sets of tables, too. Then updates of the same set stay in the queue.</param>
    public void Reserve(IReadOnlyList<PendingUpdate> updates, bool reservesTables)
    {
        foreach (PendingUpdate update in updates)
        {
            _reservedRows.UnionWith(update.Plan.Rows);
            if (reservesTables)
                _reservedTables.Add(update.Plan.Tables);
        }
    }

    /// <summary>Releases the rows and tables that <see cref="Reserve"/> has reserved.</summary>
    public void Release(IReadOnlyList<PendingUpdate> updates, bool reservesTables)
    {
        foreach (PendingUpdate update in updates)
        {
            _reservedRows.ExceptWith(update.Plan.Rows);
            if (reservesTables)
                _reservedTables.Remove(update.Plan.Tables);
        }
    }

    /// <summary>
    /// Takes the updates of the next batch that does not wait for rows. They need no reserved row, and no row of an earlier update
    /// that stays.
    /// </summary>
    public List<PendingUpdate> Take() => Take(static (update, batch) => !update.MustWait && batch.Count < MaxBatchSize);

    /// <summary>
    /// Takes the updates of the next batch that waits for its rows: the first update that must wait, and later ones that need no
    /// other rows.
    /// </summary>
    public List<PendingUpdate> TakeWaiting() => Take(static (update, batch) =>
        batch.Count == 0
            ? update.MustWait
            : !batch[0].Plan.RunsAlone && !update.Plan.RunsAlone && update.Plan.Rows.Count > 0 && batch.Count < MaxBatchSize
                && update.Plan.Rows.All(batch[0].Plan.Rows.Contains));

    /// <summary>Takes updates from the head of the queue, and drops cancelled ones.</summary>
    /// <param name="fits">Returns whether an update fits into a batch with those that were taken before it.</param>
    private List<PendingUpdate> Take(Func<PendingUpdate, List<PendingUpdate>, bool> fits)
    {
        var taken = new List<PendingUpdate>();
        HashSet<RowKey>? skippedRows = null;
        int scanned = 0;
        for (LinkedListNode<PendingUpdate>? node = _updates.First, next; node is not null && scanned < MaxScanned; node = next, scanned++)
        {
            next = node.Next;
            PendingUpdate update = node.Value;
            if (IsAvailable(update.Plan, skippedRows) && fits(update, taken))
            {
                _updates.Remove(node);
                MustWaitCount -= update.MustWait ? 1 : 0;
                if (update.TryTake())
                    taken.Add(update);
            }
            else
            {
                // Later updates of the same rows must not overtake this one.
                (skippedRows ??= []).UnionWith(update.Plan.Rows);
            }
        }

        return taken;
    }

    private bool IsAvailable(PrefetchPlan plan, HashSet<RowKey>? skippedRows)
    {
        if (_reservedTables.Count > 0 && _reservedTables.Contains(plan.Tables))
            return false;

        foreach (RowKey row in plan.Rows)
        {
            if (_reservedRows.Contains(row) || skippedRows?.Contains(row) == true)
                return false;
        }

        return true;
    }
}
