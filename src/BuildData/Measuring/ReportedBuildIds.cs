namespace BuildData.Measuring;

/// <summary>Remembers which builds of this master have been reported as started. Not thread-safe.</summary>
/// <remarks>
/// Builds can be committed in another order than that of their ids, because concurrent transactions take ids before they commit. So after a
/// gap in the events, the service again reads the builds whose ids are slightly smaller than the greatest known id. This set then shows
/// which of these builds were already reported.
/// </remarks>
internal sealed class ReportedBuildIds
{
    // By far more than the builds that concurrent transactions can add.
    private const int Overlap = 1_000;

    private readonly HashSet<long> _ids = [];
    private long _last;
    private long? _first;

    /// <summary>Gets the id after which there can be builds that this set does not contain yet; null if no id is known yet.</summary>
    public long? ReadBuildsAfterId => _first is { } first ? Math.Max(first, _last - Overlap) : null;

    /// <summary>Sets the greatest build id at the time when the telemetry service began. Builds up to this id are older than the service.</summary>
    public void SetInitialLastBuildId(long lastBuildId)
    {
        if (_first is not null)
            return;

        _first = lastBuildId;
        _last = lastBuildId;
    }

    /// <summary>Returns whether this set contains a build. Call this method only for builds after <see cref="ReadBuildsAfterId"/>.</summary>
    public bool Contains(long buildId) => _ids.Contains(buildId);

    /// <summary>Adds a build. Returns false if this set already contains the build.</summary>
    public bool TryAdd(long buildId)
    {
        if (!_ids.Add(buildId))
            return false;

        _last = Math.Max(_last, buildId);
        if (_ids.Count > 2 * Overlap)
            _ids.RemoveWhere(id => id <= _last - Overlap);
        return true;
    }

    /// <summary>Forgets all builds.</summary>
    public void Clear()
    {
        _ids.Clear();
        _first = null;
    }
}
