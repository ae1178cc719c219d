using System.Collections.Concurrent;

namespace BuildData.AspNetCore.Dashboard.Pages;

/// <summary>Keeps values for some time, so that they are not computed at each event. Thread-safe.</summary>
/// <param name="clock">Measures the time.</param>
/// <param name="lifetime">How long a value is kept.</param>
/// <param name="read">Computes a value.</param>
internal sealed class TimedCache<TValue>(TimeProvider clock, TimeSpan lifetime, Func<long, CancellationToken, Task<TValue>> read)
{
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<long, (TValue Value, long ReadAt)> _values = [];

    /// <summary>Returns the value for an id. It is at most as old as the lifetime.</summary>
    public async ValueTask<TValue> Get(long id, CancellationToken cancellationToken)
    {
        if (_values.TryGetValue(id, out (TValue Value, long ReadAt) kept) && clock.GetElapsedTime(kept.ReadAt) < lifetime)
            return kept.Value;

        TValue value = await read(id, cancellationToken).ConfigureAwait(false);
        if (_values.Count >= Capacity)
            _values.Clear();
        _values[id] = (value, clock.GetTimestamp());
        return value;
    }
}
