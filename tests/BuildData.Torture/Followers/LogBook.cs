namespace BuildData.Torture.Followers;

/// <summary>The logs that the lanes of a round have begun. Can be used from any thread.</summary>
internal sealed class LogBook
{
    private const int Newest = 12;

    private readonly Lock _lock = new();
    private readonly List<long> _logs = [];

    /// <summary>Gets all logs.</summary>
    public IReadOnlyList<long> All
    {
        get
        {
            lock (_lock)
                return [.. _logs];
        }
    }

    public void Add(long log)
    {
        lock (_lock)
            _logs.Add(log);
    }

    /// <summary>Chooses one of the newest logs; null if there is none.</summary>
    public long? Choose(Random random)
    {
        lock (_lock)
            return _logs.Count == 0 ? null : _logs[random.Next(Math.Max(0, _logs.Count - Newest), _logs.Count)];
    }
}
