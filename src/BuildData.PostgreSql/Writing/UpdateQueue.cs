using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Holds in order the updates that no batch has taken. Also holds the rows and tables that are reserved for running batches.
/// Not thread-safe: the caller holds a lock.
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
    /// Gets the number of updates that need a batch that waits for locked rows (<see cref="PendingUpdate.MustWaitForLocks"/>).
    /// </summary>
    public int LockWaitingCount { get; private set; }

    /// <summary>Gets the number of updates that need no batch that waits for locked rows.</summary>
    public int LockSkippingCount => Count - LockWaitingCount;

    /// <summary>Adds an update at the end of the queue.</summary>
    public void Add(PendingUpdate update)
    {
        _updates.AddLast(update);
        LockWaitingCount += update.MustWaitForLocks ? 1 : 0;
    }

    /// <summary>Returns updates to the head of the queue, in the given order.</summary>
    public void PutBack(IReadOnlyList<PendingUpdate> updates)
    {
        for (int i = updates.Count - 1; i >= 0; i--)
        {
            _updates.AddFirst(updates[i]);
            LockWaitingCount += updates[i].MustWaitForLocks ? 1 : 0;
        }
    }

    /// <summary>
    /// Reserves the rows of updates that a batch has taken. No later batch can take updates of these rows until
    /// <see cref="ReleaseRowsOf"/> is called.
    /// </summary>
    /// <param name="updates">The updates.</param>
    /// <param name="includesTables">
    /// Whether to reserve also the set of tables that each update needs. Then other updates with the same set stay in the
    /// queue.
    /// </param>
    public void ReserveRowsOf(IReadOnlyList<PendingUpdate> updates, bool includesTables)
    {
        foreach (PendingUpdate update in updates)
        {
            _reservedRows.UnionWith(update.Plan.Rows);
            if (includesTables)
                _reservedTables.Add(update.Plan.Tables);
        }
    }

    /// <summary>Releases the rows and tables that <see cref="ReserveRowsOf"/> has reserved for the same updates.</summary>
    /// <param name="updates">The updates.</param>
    /// <param name="includesTables">Whether their tables were reserved, too.</param>
    public void ReleaseRowsOf(IReadOnlyList<PendingUpdate> updates, bool includesTables)
    {
        foreach (PendingUpdate update in updates)
        {
            _reservedRows.ExceptWith(update.Plan.Rows);
            if (includesTables)
                _reservedTables.Remove(update.Plan.Tables);
        }
    }

    /// <summary>
    /// Takes the updates of the next batch that does not wait for locked rows. These updates need no reserved rows, and no rows
    /// of earlier updates that stay in the queue.
    /// </summary>
    public List<PendingUpdate> TakeLockSkippingBatch() => Take(static (update, batch) => !update.MustWaitForLocks && batch.Count < MaxBatchSize);

    /// <summary>
    /// Takes the updates of the next batch that waits for locked rows: the first update that needs such a batch, and later
    /// updates that need no other rows.
    /// </summary>
    public List<PendingUpdate> TakeLockWaitingBatch() => Take(static (update, batch) =>
        batch.Count == 0
            ? update.MustWaitForLocks
            : !batch[0].Plan.RunsAlone && !update.Plan.RunsAlone && update.Plan.Rows.Count > 0 && batch.Count < MaxBatchSize
                && update.Plan.Rows.All(batch[0].Plan.Rows.Contains));

    /// <summary>Takes updates in order, from the head of the queue. Removes cancelled updates.</summary>
    /// <param name="fits">Returns whether an update can join the updates that were taken before it.</param>
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
                LockWaitingCount -= update.MustWaitForLocks ? 1 : 0;
                if (update.TryBegin())
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
