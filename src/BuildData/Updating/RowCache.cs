using BuildData.Resources.Buildsets;
using BuildData.Resources.Steps;
using BuildData.Stores;

namespace BuildData.Updating;

/// <summary>
/// Caches rows that the updates of one connection have read or written. The cached rows are current. If the store has a single writer, no
/// other process changes them. Otherwise the transaction has locked them, or the commit verifies their versions.
/// </summary>
/// <remarks>
/// When a write is rolled back, the whole cache is cleared, and rows are read again. With several writers, the cache lasts for one
/// transaction. After the commit, its rows move to <paramref name="shared"/>. The cache is not thread-safe.
/// </remarks>
/// <param name="shared">The cache that the connections of this process share if other processes write too; otherwise null.</param>
internal sealed class RowCache(SharedRowCache? shared)
{
    // Enough for every open build of a large installation. Clearing a full cache is simpler than evicting single rows.
    private const int Capacity = 100_000;

    private readonly HashSet<RowKey> _known = [];
    private readonly HashSet<long> _completeNames = [];
    private readonly HashSet<RowKey> _finished = [];
    private readonly HashSet<RowKey> _changed = [];
    private int _heldNames;
    private long _generation;

    public Dictionary<long, Step> Steps { get; } = [];

    public Dictionary<long, StepNames> StepNames { get; } = [];

    public Dictionary<long, Build> Builds { get; } = [];

    public Dictionary<long, long> BuildNumbers { get; } = [];

    public Dictionary<long, BuildRequest> BuildRequests { get; } = [];

    /// <summary>Gets build requests that are not locked. Use only their values that never change.</summary>
    public Dictionary<long, BuildRequest> ReadRequests { get; } = [];

    public Dictionary<long, Builder> Builders { get; } = [];

    public Dictionary<long, Buildset> Buildsets { get; } = [];

    /// <summary>Gets the ids of the locked builders.</summary>
    public HashSet<long> LockedBuilders { get; } = [];

    /// <summary>Gets the progress of locked buildsets, by buildset id.</summary>
    public Dictionary<long, BuildsetProgress> Progress { get; } = [];

    /// <summary>Gets, for locked builders, the ids of all build requests with a collapse key that were neither claimed nor complete.</summary>
    public Dictionary<(long BuilderId, string Key), List<long>> Waiting { get; } = [];

    public Dictionary<long, PropertyMap> BuildProperties { get; } = [];

    public Dictionary<long, PropertyMap> BuildsetProperties { get; } = [];

    public Dictionary<(string Table, string Name), long> Names { get; } = [];

    /// <summary>Gets the names that no row had when the transaction began.</summary>
    public HashSet<(string Table, string Name)> MissingNames { get; } = [];

    /// <summary>Gets the ids of buildsets by unique key; null for a key that no buildset has.</summary>
    public Dictionary<string, long?> UniqueKeys { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, SourceStamp> StampsByHash { get; } = new(StringComparer.Ordinal);

    public Dictionary<long, SourceStamp> StampsById { get; } = [];

    /// <summary>Gets the hashes of keys that no source stamp had when the transaction began.</summary>
    public HashSet<string> MissingStamps { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the ids of source stamps that the transaction has added. No older build request can refer to them.</summary>
    public HashSet<long> NewStamps { get; } = [];

    /// <summary>Gets the versions that rows had when they were read.</summary>
    public Dictionary<RowKey, long> Versions { get; } = [];

    /// <summary>Gets the rows that come from an earlier transaction and are not locked. The commit verifies their versions.</summary>
    public HashSet<RowKey> Unverified { get; } = [];

    /// <summary>Gets the cache that the connections of this process share; null if no other process writes.</summary>
    public SharedRowCache? Shared => shared;

    /// <summary>Returns whether the row is known to exist.</summary>
    public bool Knows(RowKey row) => _known.Contains(row);

    public void Know(RowKey row) => _known.Add(row);

    /// <summary>Returns whether all step names of a build are cached. Only a store with several writers needs to ask.</summary>
    public bool HasAllNames(long buildId) => _completeNames.Contains(buildId);

    public void SetAllNames(long buildId, StepNames names)
    {
        StepNames[buildId] = names;
        _completeNames.Add(buildId);
        CountNames(names);
    }

    /// <summary>Adds a step name to the cached names of a build.</summary>
    public void AddName(StepNames names, string name)
    {
        names.Add(name);
        CountNames(names);
    }

    /// <summary>Caches a step that the transaction has written.</summary>
    public void Write(Step step)
    {
        Steps[step.StepId] = step;
        Change(new RowKey("steps", step.StepId));
    }

    /// <summary>Caches a build that the transaction has written.</summary>
    public void Write(Build build)
    {
        Builds[build.BuildId] = build;
        Touch(build.BuildId);
    }

    /// <summary>Records that the transaction has written a build's row.</summary>
    public void Touch(long buildId) => Change(new RowKey("builds", buildId));

    /// <summary>Removes a finished step, because it is unlikely to be written again. A shared cache does not get it after the commit.</summary>
    public void Finish(Step step)
    {
        if (shared is null)
            Steps.Remove(step.StepId);
        else
            _finished.Add(new RowKey("steps", step.StepId));
    }

    /// <summary>Removes a finished build and its step names, because they are unlikely to be needed again. A shared cache does not get them after the commit.</summary>
    public void Finish(Build build)
    {
        if (shared is not null)
        {
            _finished.Add(new RowKey("builds", build.BuildId));
            return;
        }

        Builds.Remove(build.BuildId);
        if (StepNames.Remove(build.BuildId, out StepNames? names))
            _heldNames -= names.Counted;
        _completeNames.Remove(build.BuildId);
    }

    /// <summary>Updates the progress of the buildset, and removes the complete build request, because it is unlikely to be written again.</summary>
    public void Complete(BuildRequest request)
    {
        Progress.GetValueOrDefault(request.BuildsetId)?.Complete(request.Results!.Value);
        if (shared is null)
            BuildRequests.Remove(request.BuildRequestId);
    }

    /// <summary>Moves a row from the shared cache to this one. The row is not locked in the database, so the commit must verify its version.</summary>
    /// <remarks>The caller must hold <see cref="SharedRowCache.Lock"/>.</remarks>
    /// <returns>False if the shared cache does not hold the row with all its details.</returns>
    public bool TryTakeShared(RowKey row)
    {
        long version;
        if (row.Table == "steps")
        {
            if (!shared!.TryTakeStep(row.Id, out Step? step, out version))
                return false;
            Steps[row.Id] = step!;
        }
        else
        {
            if (!shared!.TryTakeBuild(row.Id, out var known) || known.Names is null || known.Properties is null)
                return false;
            Builds[row.Id] = known.Build;
            SetAllNames(row.Id, known.Names);
            BuildProperties[row.Id] = known.Properties;
            version = known.Version;
        }

        Versions[row] = version;
        Unverified.Add(row);
        return true;
    }

    /// <summary>If other processes write too, clears the cache before a transaction, because they may have changed the rows.</summary>
    public void BeginTransaction()
    {
        if (shared is null)
            return;

        Clear();
        lock (shared.Lock)
            _generation = shared.Generation;
    }

    /// <summary>Moves the rows that a committed transaction has read and written to the shared cache.</summary>
    /// <param name="version">The version of the rows that the transaction has written.</param>
    public void Share(long version)
    {
        if (shared is null)
            return;

        lock (shared.Lock)
        {
            // The shared cache was cleared during the transaction: the database may have lost what this cache holds.
            if (shared.Generation != _generation)
            {
                Clear();
                return;
            }

            foreach (Step step in Steps.Values)
            {
                if (VersionOf(new RowKey("steps", step.StepId), version) is { } known)
                    shared.Put(step, known);
            }

            foreach (Build build in Builds.Values)
            {
                if (VersionOf(new RowKey("builds", build.BuildId), version) is { } known)
                {
                    shared.Put(
                        build, known, HasAllNames(build.BuildId) ? StepNames[build.BuildId] : null, BuildProperties.GetValueOrDefault(build.BuildId));
                }
            }

            shared.PutFacts(this, _known);
        }

        Clear();
    }

    public void Clear()
    {
        _known.Clear();
        _completeNames.Clear();
        _finished.Clear();
        _changed.Clear();
        _heldNames = 0;
        Steps.Clear();
        StepNames.Clear();
        Builds.Clear();
        BuildNumbers.Clear();
        BuildRequests.Clear();
        ReadRequests.Clear();
        Builders.Clear();
        Buildsets.Clear();
        LockedBuilders.Clear();
        Progress.Clear();
        Waiting.Clear();
        BuildProperties.Clear();
        BuildsetProperties.Clear();
        Names.Clear();
        MissingNames.Clear();
        UniqueKeys.Clear();
        MissingStamps.Clear();
        StampsByHash.Clear();
        StampsById.Clear();
        NewStamps.Clear();
        Versions.Clear();
        Unverified.Clear();
    }

    /// <summary>Clears the cache if it is too large. Called between batches.</summary>
    public void Trim()
    {
        if (_known.Count + Steps.Count + StepNames.Count + _heldNames + Builds.Count + BuildNumbers.Count + BuildRequests.Count > Capacity)
            Clear();
    }

    private long? VersionOf(RowKey row, long written)
    {
        if (_finished.Contains(row))
            return null;
        if (_changed.Contains(row))
            return written;
        return Versions.TryGetValue(row, out long version) ? version : null;
    }

    private void Change(RowKey row)
    {
        if (shared is not null)
            _changed.Add(row);
    }

    private void CountNames(StepNames names)
    {
        _heldNames += names.Held - names.Counted;
        names.Counted = names.Held;
    }
}
