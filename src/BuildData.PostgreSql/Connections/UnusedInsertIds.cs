namespace BuildData.PostgreSql.Connections;

/// <summary>
/// Holds the ids that this process reserved for inserts that did not happen, for example because an update failed.
/// Thread-safe.
/// </summary>
/// <remarks>Later inserts of this process use these ids first. Therefore failed updates leave no gaps in the ids.</remarks>
internal sealed class UnusedInsertIds
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedSet<long>> _free = new(StringComparer.Ordinal);

    /// <summary>Moves the lowest ids of a table to the end of a queue, in ascending order.</summary>
    /// <param name="table">The table that the ids belong to.</param>
    /// <param name="maxCount">The maximum number of ids to move.</param>
    /// <param name="target">The queue.</param>
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
    /// <param name="source">The queue.</param>
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
    /// Discards all ids. The library calls this method when another server may have taken over, because that server may assign the same ids
    /// again.
    /// </summary>
    public void Clear()
    {
        lock (_lock)
            _free.Clear();
    }
}
