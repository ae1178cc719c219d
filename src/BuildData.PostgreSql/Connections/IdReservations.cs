namespace BuildData.PostgreSql.Connections;

/// <summary>
/// Ids that were reserved for inserts that did not come, because their updates failed before. The next inserts of this process
/// take them, so that ids have no gaps for it and rows come in the order of their ids.
/// </summary>
internal sealed class IdReservations
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedSet<long>> _free = new(StringComparer.Ordinal);

    /// <summary>Moves up to so many ids to a queue.</summary>
    public void Take(string table, int count, Queue<long> ids)
    {
        lock (_lock)
        {
            if (!_free.TryGetValue(table, out SortedSet<long>? free))
                return;

            for (; count > 0 && free.Count > 0; count--)
            {
                ids.Enqueue(free.Min);
                free.Remove(free.Min);
            }
        }
    }

    /// <summary>Takes back what a queue still has.</summary>
    public void Return(string table, Queue<long> ids)
    {
        lock (_lock)
        {
            if (!_free.TryGetValue(table, out SortedSet<long>? free))
                _free.Add(table, free = []);
            while (ids.TryDequeue(out long id))
                free.Add(id);
        }
    }

    /// <summary>Forgets all: a server that takes over may not know of them, and give them out again.</summary>
    public void Clear()
    {
        lock (_lock)
            _free.Clear();
    }
}
