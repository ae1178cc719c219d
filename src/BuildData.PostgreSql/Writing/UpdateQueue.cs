using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Holds the updates that wait for a batch, in the order of their arrival. Also records which rows and tables are reserved for
/// running batches. Not thread-safe: the caller must hold a lock.
/// </summary>
/// <remarks>
/// There are two kinds of batches. A lock-skipping batch leaves out updates whose rows another session has locked. A lock-waiting batch
/// waits until other sessions release their locks.
/// </remarks>
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
    /// Gets the number of queued updates that must run in a batch that waits until other sessions release their row locks.
    /// </summary>
    public int MustWaitForLocksCount { get; private set; }

    /// <summary>
    /// Gets the number of queued updates that can run in a batch that does not wait for row locks of other sessions.
    /// </summary>
    public int CanSkipLocksCount => Count - MustWaitForLocksCount;

    /// <summary>Adds an update at the end of the queue.</summary>
    public void Add(PendingUpdate update)
    {
        _updates.AddLast(update);
        MustWaitForLocksCount += update.MustWaitForLocks ? 1 : 0;
    }

    /// <summary>Puts updates back at the head of the queue, in the given order.</summary>
    public void PutBack(IReadOnlyList<PendingUpdate> updates)
    {
        for (int i = updates.Count - 1; i >= 0; i--)
        {
            _updates.AddFirst(updates[i]);
            MustWaitForLocksCount += updates[i].MustWaitForLocks ? 1 : 0;
        }
    }

    /// <summary>
    /// Reserves the rows of updates for a batch that runs these updates. While a row is reserved, all other updates of that
    /// row stay in the queue. <see cref="ReleaseRowsOf"/> ends the reservation.
    /// </summary>
    /// <param name="updates">The updates.</param>
    /// <param name="includesTables">
    /// Whether to reserve the tables of each update too. If true, other updates that need exactly the same tables stay in the queue.
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

    /// <summary>Ends the reservation that <see cref="ReserveRowsOf"/> has made for the same updates.</summary>
    /// <param name="updates">The updates.</param>
    /// <param name="includesTables">Whether the reservation includes the tables of the updates.</param>
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
    /// Removes the updates of the next lock-skipping batch from the queue, and returns these updates. Such a batch does not wait for rows
    /// that other sessions have locked. An update stays in the queue if one of its rows is reserved for a batch. An update also stays if an
    /// earlier update that stays needs one of its rows.
    /// </summary>
    public List<PendingUpdate> TakeNonWaitingBatch() => Take(static (update, batch) => !update.MustWaitForLocks && batch.Count < MaxBatchSize);

    /// <summary>
    /// Removes the updates of the next lock-waiting batch from the queue, and returns these updates. Such a batch waits until other
    /// sessions release their row locks. The batch contains the first update that must wait for locks, and later updates that need only
    /// rows of this first update.
    /// </summary>
    public List<PendingUpdate> TakeWaitingBatch() => Take(static (update, batch) =>
        batch.Count == 0
            ? update.MustWaitForLocks
            : !batch[0].Plan.RunsAlone && !update.Plan.RunsAlone && update.Plan.Rows.Count > 0 && batch.Count < MaxBatchSize
                && update.Plan.Rows.All(batch[0].Plan.Rows.Contains));

    /// <summary>
    /// Removes updates from the queue, in order, if they fit into a batch. Returns the removed updates that are not cancelled.
    /// </summary>
    /// <param name="fits">
    /// Returns whether an update fits into the batch. The second argument is the batch: the list of the updates that were removed from the
    /// queue before.
    /// </param>
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
                MustWaitForLocksCount -= update.MustWaitForLocks ? 1 : 0;
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
