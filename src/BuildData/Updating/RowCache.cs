using BuildData.Resources.Buildsets;
using BuildData.Resources.Steps;
using BuildData.Stores;

namespace BuildData.Updating;

/// <summary>
/// Rows that the writer has read or written and knows to be current: because nobody else writes or, where others do, because
/// the transaction has locked them or verifies their versions. When a write is undone, all of it is forgotten and read again.
/// </summary>
/// <param name="shared">What the connections of this process know together, where others write too; else null.</param>
internal sealed class RowCache(SharedRowCache? shared)
{
    // Enough for every open build of a large installation; beyond it, forgetting all is simpler than forgetting well.
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

    /// <summary>Build requests that are not locked, to be used only for what never changes.</summary>
    public Dictionary<long, BuildRequest> ReadRequests { get; } = [];

    public Dictionary<long, Builder> Builders { get; } = [];

    public Dictionary<long, Buildset> Buildsets { get; } = [];

    /// <summary>Builders that are locked.</summary>
    public HashSet<long> LockedBuilders { get; } = [];

    /// <summary>How far the build requests of buildsets are that are locked.</summary>
    public Dictionary<long, BuildsetProgress> Progress { get; } = [];

    /// <summary>All build requests of builders that are locked which had a collapse key and were neither claimed nor complete.</summary>
    public Dictionary<(long BuilderId, string Key), List<long>> Waiting { get; } = [];

    public Dictionary<long, PropertyMap> BuildProperties { get; } = [];

    public Dictionary<long, PropertyMap> BuildsetProperties { get; } = [];

    public Dictionary<(string Table, string Name), long> Names { get; } = [];

    /// <summary>Names that no row had when the transaction began.</summary>
    public HashSet<(string Table, string Name)> MissingNames { get; } = [];

    /// <summary>The buildsets that have unique keys; null where a key is free.</summary>
    public Dictionary<string, long?> UniqueKeys { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, SourceStamp> StampsByHash { get; } = new(StringComparer.Ordinal);

    public Dictionary<long, SourceStamp> StampsById { get; } = [];

    /// <summary>Keys that no source stamp had when the transaction began.</summary>
    public HashSet<string> MissingStamps { get; } = new(StringComparer.Ordinal);

    /// <summary>Source stamps that the transaction has added, so that no older build request can have them.</summary>
    public HashSet<long> NewStamps { get; } = [];

    /// <summary>The versions that rows had when they were read.</summary>
    public Dictionary<RowKey, long> Versions { get; } = [];

    /// <summary>Rows that are known from an earlier transaction and not locked: the commit verifies their versions.</summary>
    public HashSet<RowKey> Unverified { get; } = [];

    /// <summary>What the connections of this process know together; null where nobody else writes.</summary>
    public SharedRowCache? Shared => shared;

    /// <summary>Whether the row is known to exist.</summary>
    public bool Knows(RowKey row) => _known.Contains(row);

    public void Know(RowKey row) => _known.Add(row);

    /// <summary>Whether the names held of a build's steps are all there are, though others may add some between transactions.</summary>
    public bool HasAllNames(long buildId) => _completeNames.Contains(buildId);

    public void SetAllNames(long buildId, StepNames names)
    {
        StepNames[buildId] = names;
        _completeNames.Add(buildId);
        CountNames(names);
    }

    /// <summary>Adds a name to those of a build that are held.</summary>
    public void AddName(StepNames names, string name)
    {
        names.Add(name);
        CountNames(names);
    }

    /// <summary>Holds a step as the transaction has written it.</summary>
    public void Write(Step step)
    {
        Steps[step.StepId] = step;
        Change(new RowKey("steps", step.StepId));
    }

    /// <summary>Holds a build as the transaction has written it.</summary>
    public void Write(Build build)
    {
        Builds[build.BuildId] = build;
        Touch(build.BuildId);
    }

    /// <summary>Notes that the transaction has written a build's row.</summary>
    public void Touch(long buildId) => Change(new RowKey("builds", buildId));

    /// <summary>Notes that a step is finished: it will hardly be written again.</summary>
    public void Finish(Step step)
    {
        if (shared is null)
            Steps.Remove(step.StepId);
        else
            _finished.Add(new RowKey("steps", step.StepId));
    }

    /// <summary>Notes that a build is finished: it will hardly be written again, and neither will its steps.</summary>
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

    /// <summary>Notes that a build request is complete: it will hardly be written again.</summary>
    public void Complete(BuildRequest request)
    {
        Progress.GetValueOrDefault(request.BuildsetId)?.Complete(request.Results!.Value);
        if (shared is null)
            BuildRequests.Remove(request.BuildRequestId);
    }

    /// <summary>Takes a row from what the connections know together, without a lock on it; false if it is not known.</summary>
    /// <remarks>To be called with their lock.</remarks>
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

    /// <summary>Forgets all before a transaction, where others may have changed it since the last one.</summary>
    public void BeginTransaction()
    {
        if (shared is null)
            return;

        Clear();
        lock (shared.Lock)
            _generation = shared.Generation;
    }

    /// <summary>Hands to the other connections what the transaction, which is committed, has read and written.</summary>
    /// <param name="version">The version of the rows that it has written.</param>
    public void Share(long version)
    {
        if (shared is null)
            return;

        lock (shared.Lock)
        {
            // The database may not have it any more.
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

    /// <summary>Called between batches.</summary>
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
