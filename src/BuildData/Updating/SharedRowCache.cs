using BuildData.Resources.Steps;
using BuildData.Updating;

namespace BuildData.Stores;

/// <summary>
/// Caches rows of a database that other processes write too. All connections of this process share the cache. It holds rows as this
/// process last read or wrote them, each with its version, and facts that never change.
/// </summary>
/// <remarks>
/// <para>
/// A transaction removes the rows that it uses, so that no other transaction uses them at the same time. It puts them back after its
/// commit. If it fails, they stay removed, and the next transaction reads them from the database.
/// </para>
/// <para><see cref="Clear"/> is thread-safe. All other members must be called while the caller holds <see cref="Lock"/>.</para>
/// </remarks>
public sealed class SharedRowCache
{
    private const int Capacity = 100_000;

    private readonly Dictionary<long, (Step Step, long Version)> _steps = [];
    private readonly Dictionary<long, (Build Build, long Version, StepNames? Names, PropertyMap? Properties)> _builds = [];
    private readonly Dictionary<(string Table, string Name), long> _names = [];
    private readonly Dictionary<string, SourceStamp> _stampsByHash = new(StringComparer.Ordinal);
    private readonly Dictionary<long, SourceStamp> _stampsById = [];
    private readonly Dictionary<long, PropertyMap> _buildsetProperties = [];
    private readonly HashSet<RowKey> _known = [];

    internal Lock Lock { get; } = new();

    /// <summary>Gets a number that changes when the cache is cleared. A transaction that began before does not put its rows back.</summary>
    internal long Generation { get; private set; }

    /// <summary>Clears the cache, because the database may have lost commits or another server has taken over.</summary>
    public void Clear()
    {
        lock (Lock)
        {
            Generation++;
            _steps.Clear();
            _builds.Clear();
            _names.Clear();
            _stampsByHash.Clear();
            _stampsById.Clear();
            _buildsetProperties.Clear();
            _known.Clear();
        }
    }

    internal bool TryTakeStep(long id, out Step? step, out long version)
    {
        bool has = _steps.Remove(id, out (Step Step, long Version) entry);
        (step, version) = entry;
        return has;
    }

    internal bool TryTakeBuild(long id, out (Build Build, long Version, StepNames? Names, PropertyMap? Properties) entry) =>
        _builds.Remove(id, out entry);

    internal long? Name(string table, string name) => _names.TryGetValue((table, name), out long id) ? id : null;

    internal SourceStamp? Stamp(string hash) => _stampsByHash.GetValueOrDefault(hash);

    internal SourceStamp? Stamp(long id) => _stampsById.GetValueOrDefault(id);

    internal PropertyMap? BuildsetProperties(long id) => _buildsetProperties.GetValueOrDefault(id);

    internal bool Knows(RowKey row) => _known.Contains(row);

    internal void Put(Step step, long version)
    {
        MakeRoom();
        _steps[step.StepId] = (step, version);
    }

    internal void Put(Build build, long version, StepNames? names, PropertyMap? properties)
    {
        MakeRoom();
        _builds[build.BuildId] = (build, version, names, properties);
    }

    internal void PutFacts(RowCache held, IEnumerable<RowKey> known)
    {
        MakeRoom();
        foreach (((string, string) name, long id) in held.Names)
            _names[name] = id;
        foreach ((string hash, SourceStamp stamp) in held.StampsByHash)
            _stampsByHash[hash] = stamp;
        foreach ((long id, SourceStamp stamp) in held.StampsById)
            _stampsById[id] = stamp;
        foreach ((long id, PropertyMap properties) in held.BuildsetProperties)
            _buildsetProperties[id] = properties;
        _known.UnionWith(known);
    }

    private void MakeRoom()
    {
        int count = _steps.Count + _builds.Count + _names.Count + _stampsByHash.Count + _stampsById.Count + _buildsetProperties.Count + _known.Count;
        if (count > Capacity)
            Clear();
    }
}
