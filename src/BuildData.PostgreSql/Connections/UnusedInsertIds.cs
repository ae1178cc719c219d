namespace BuildData.PostgreSql.Connections;

/// <summary>Holds ids that were reserved for inserts that did not happen, for example because their update failed. Thread-safe.</summary>
/// <remarks>
/// Later inserts of this process use these ids first. Therefore failed updates leave no gaps in the ids, and this process adds
/// rows in the order of their ids.
/// </remarks>
internal sealed class UnusedInsertIds
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedSet<long>> _free = new(StringComparer.Ordinal);

    /// <summary>Moves unused ids to the end of a queue, in ascending order.</summary>
    /// <param name="table">The table that the ids belong to.</param>
    /// <param name="count">The maximum number of ids to move.</param>
    /// <param name="ids">The queue.</param>
    public void TakeLowest(string table, int maxCount, Queue<long> target)
    {
        lock (_lock)
        {
            if (!_free.TryGetValue(table, out SortedSet<long>? free))
                return;

            for (; maxCount > 0 && free.Count > 0; maxCount--)
            {
                target.Enqueue(free.Min);
                free.Remove(free.Min);
            }
        }
    }

    /// <summary>Adds all ids of a queue, and empties the queue.</summary>
    /// <param name="table">The table that the ids belong to.</param>
    /// <param name="ids">The queue.</param>
    public void AddAllFrom(string table, Queue<long> source)
    {
        lock (_lock)
        {
            if (!_free.TryGetValue(table, out SortedSet<long>? free))
                _free.Add(table, free = []);
            while (source.TryDequeue(out long id))
                free.Add(id);
        }
    }

    /// <summary>
    /// Removes all ids. After a failover, the new server may not know that they were reserved, and may reserve them again.
    /// </summary>
    public void Clear()
    {
        lock (_lock)
            _free.Clear();
    }
}
