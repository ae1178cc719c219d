using System.Collections.Concurrent;

namespace BuildData.Samples.Dashboard;

/// <summary>Locks that builds of several builders share, such as a test database.</summary>
internal sealed class SharedLocks
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _locks = [];

    public SemaphoreSlim Find(string name) => _locks.GetOrAdd(name, static _ => new SemaphoreSlim(1, 1));
}
