using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>
/// The updates that wait, in order, and the rows and tables that those under way have. Not safe for several threads: its owner has a
/// lock.
/// </summary>
internal sealed class UpdateQueue
{
    private const int MostPerBatch = 512;
    private const int MostLookedAt = 8192;

    private readonly LinkedList<PendingUpdate> _updates = [];
    private readonly HashSet<RowKey> _rows = [];
    private readonly HashSet<Tables> _closed = [];

    public int Count => _updates.Count;

    /// <summary>How many updates there are whose batches wait for their rows.</summary>
    public int WaitingCount { get; private set; }

    /// <summary>How many updates there are whose batches do not wait.</summary>
    public int ReadyCount => Count - WaitingCount;

    public void Add(PendingUpdate update)
    {
        _updates.AddLast(update);
        WaitingCount += update.MustWait ? 1 : 0;
    }

    /// <summary>Puts updates back at the head, in their order.</summary>
    public void PutBack(IReadOnlyList<PendingUpdate> updates)
    {
        for (int i = updates.Count - 1; i >= 0; i--)
        {
            _updates.AddFirst(updates[i]);
            WaitingCount += updates[i].MustWait ? 1 : 0;
        }
    }

    /// <summary>Reserves what updates need, for as long as they are under way.</summary>
    public void Reserve(IReadOnlyList<PendingUpdate> updates, bool closesTables)
    {
        foreach (PendingUpdate update in updates)
        {
            _rows.UnionWith(update.Plan.Rows);
            if (closesTables)
                _closed.Add(update.Plan.Tables);
        }
    }

    /// <summary>Releases what <see cref="Reserve"/> has reserved.</summary>
    public void Release(IReadOnlyList<PendingUpdate> updates, bool closesTables)
    {
        foreach (PendingUpdate update in updates)
        {
            _rows.ExceptWith(update.Plan.Rows);
            if (closesTables)
                _closed.Remove(update.Plan.Tables);
        }
    }

    /// <summary>Takes updates for a batch that does not wait for rows: none that needs what others have or wait for.</summary>
    public List<PendingUpdate> Take() => Take(static (update, batch) => !update.MustWait && batch.Count < MostPerBatch);

    /// <summary>Takes updates for a batch that waits for its rows: one that must wait, and those that need no other rows.</summary>
    public List<PendingUpdate> TakeWaiting() => Take(static (update, batch) =>
        batch.Count == 0
            ? update.MustWait
            : !batch[0].Plan.RunsAlone && !update.Plan.RunsAlone && update.Plan.Rows.Count > 0 && batch.Count < MostPerBatch
                && update.Plan.Rows.All(batch[0].Plan.Rows.Contains));

    private List<PendingUpdate> Take(Func<PendingUpdate, List<PendingUpdate>, bool> fits)
    {
        var taken = new List<PendingUpdate>();
        HashSet<RowKey>? passed = null;
        int looked = 0;
        for (LinkedListNode<PendingUpdate>? node = _updates.First, next; node is not null && looked < MostLookedAt; node = next, looked++)
        {
            next = node.Next;
            PendingUpdate update = node.Value;
            if (IsFree(update.Plan, passed) && fits(update, taken))
            {
                _updates.Remove(node);
                WaitingCount -= update.MustWait ? 1 : 0;
                if (update.TryTake())
                    taken.Add(update);
            }
            else
            {
                // Later updates of the same rows must not overtake it.
                (passed ??= []).UnionWith(update.Plan.Rows);
            }
        }

        return taken;
    }

    private bool IsFree(PrefetchPlan plan, HashSet<RowKey>? passed)
    {
        if (_closed.Count > 0 && _closed.Contains(plan.Tables))
            return false;

        foreach (RowKey row in plan.Rows)
        {
            if (_rows.Contains(row) || passed?.Contains(row) == true)
                return false;
        }

        return true;
    }
}
