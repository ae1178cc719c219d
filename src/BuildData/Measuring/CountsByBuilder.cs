using System.Diagnostics.Metrics;

namespace BuildData.Measuring;

/// <summary>Counts items by builder, for a gauge. Thread-safe: one thread counts, and other threads read.</summary>
/// <remarks>
/// A builder stays in the dictionary when its count is 0. If the gauge reported no value for the builder, dashboards would continue to show
/// the previous value.
/// </remarks>
internal sealed class CountsByBuilder
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Adds to the count of a builder.</summary>
    /// <param name="builder">The name of the builder.</param>
    /// <param name="change">1 or -1.</param>
    public void Add(string builder, int change)
    {
        lock (_lock)
            _counts[builder] = _counts.GetValueOrDefault(builder) + change;
    }

    /// <summary>Replaces all counts.</summary>
    /// <param name="builders">The name of the builder of each item.</param>
    public void Replace(IEnumerable<string> builders)
    {
        lock (_lock)
        {
            foreach (string known in _counts.Keys)
                _counts[known] = 0;
            foreach (string builder in builders)
                _counts[builder] = _counts.GetValueOrDefault(builder) + 1;
        }
    }

    /// <summary>Returns the counts as measurements.</summary>
    /// <param name="tags">Returns the tags of a builder's measurement.</param>
    public IReadOnlyList<Measurement<int>> Measure(Func<string, KeyValuePair<string, object?>[]> tags)
    {
        lock (_lock)
            return [.. _counts.Select(count => new Measurement<int>(count.Value, tags(count.Key)))];
    }
}
