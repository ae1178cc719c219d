using BuildData.Resources.Buildsets;

namespace BuildData.Stores;

/// <summary>
/// Lists the rows that an update locks and the data that it reads. A store that several masters share uses the plans of a batch's updates
/// to read and lock everything together. It runs only updates that lock different rows at the same time.
/// </summary>
public sealed class PrefetchPlan
{
    private readonly List<RowKey> _rows = new(1);
    private List<(string Table, int Count)>? _newIds;
    private List<(string Table, string Name)>? _names;
    private List<RowKey>? _references;

    internal PrefetchPlan(BuildDataOptions options) => Options = options;

    /// <summary>Gets the options of the master.</summary>
    internal BuildDataOptions Options { get; }

    /// <summary>Gets the rows that the update locks, as far as its arguments identify them.</summary>
    public IReadOnlyList<RowKey> Rows => _rows;

    /// <summary>Gets the tables that the update writes or refers to.</summary>
    public Tables Tables { get; private set; }

    /// <summary>
    /// Gets whether the rows to lock are known only while the update runs. Such an update may wait for locks, so it runs in a transaction
    /// without other updates.
    /// </summary>
    public bool RunsAlone { get; private set; }

    /// <summary>Gets the row that the update locks if that is all it locks and reads; otherwise null.</summary>
    internal RowKey? OnlyRow =>
        _rows.Count == 1 && _newIds is null && _names is null && _references is null && NewStepOf is null && NewBuildOf is null
            && !DescribesBuilder && !CompletesRequests && NewBuildset is null
            ? _rows[0] : null;

    /// <summary>Gets the number of ids that the update assigns to new rows, by table.</summary>
    internal IReadOnlyList<(string Table, int Count)> NewIds => _newIds ?? [];

    /// <summary>Gets the names of builders and workers that the update looks up.</summary>
    internal IReadOnlyList<(string Table, string Name)> Names => _names ?? [];

    /// <summary>Gets the unique key of the buildset that the update adds; null if there is none.</summary>
    internal string? UniqueKey => NewBuildset?.UniqueKey;

    /// <summary>Gets the rows that the update refers to without a lock.</summary>
    internal IReadOnlyList<RowKey> References => _references ?? [];

    /// <summary>Gets the id of the build to which the update adds a step; null if it adds none.</summary>
    internal long? NewStepOf { get; private set; }

    /// <summary>Gets the id of the builder to which the update adds a build; null if it adds none.</summary>
    internal long? NewBuildOf { get; private set; }

    /// <summary>Gets whether the update reads the builder that it locks, with its tags.</summary>
    internal bool DescribesBuilder { get; private set; }

    /// <summary>Gets whether the update completes the build requests that it locks, and possibly their buildsets.</summary>
    internal bool CompletesRequests { get; private set; }

    /// <summary>Gets the buildset that the update adds; null if it adds none.</summary>
    internal NewBuildset? NewBuildset { get; private set; }

    internal void Master(long id) => Lock("masters", id, Tables.Masters);

    internal void Builder(long id)
    {
        Lock("builders", id, Tables.Builders);
        DescribesBuilder = true;
    }

    internal void Buildset(long id) => Lock("buildsets", id, Tables.Buildsets);

    internal void Build(long id) => Lock("builds", id, Tables.Builds);

    internal void Step(long id) => Lock("steps", id, Tables.Steps);

    internal void Requests(long[] ids, bool completes = false)
    {
        foreach (long id in ids)
            Lock("buildrequests", id, Tables.BuildRequests | Tables.Masters);
        CompletesRequests = completes;
        if (completes)
            Tables |= Tables.Buildsets;
    }

    internal void Name(string table, string name)
    {
        (_names ??= []).Add((table, name));
        Tables |= table == "builders" ? Tables.Builders : Tables.Workers;
    }

    internal void AddStep(long buildId)
    {
        Build(buildId);
        NewStepOf = buildId;
        NewId("steps");
        Tables |= Tables.Steps;
    }

    internal void AddBuild(long builderId, long buildRequestId, long? workerId)
    {
        Lock("builders", builderId, Tables.Builders);
        NewBuildOf = builderId;
        Refer("buildrequests", buildRequestId);
        if (workerId is { } worker)
            Refer("workers", worker);
        NewId("builds");
        Tables |= Tables.Builds | Tables.BuildRequests | Tables.Workers | Tables.Masters;
    }

    internal void AddBuildset(NewBuildset buildset)
    {
        NewBuildset = buildset;
        foreach (long builder in buildset.BuilderIds)
            Refer("builders", builder);
        NewId("buildsets");
        NewId("buildrequests", buildset.BuilderIds.Length);

        // The tables that foreign keys refer to are included even if a key is null.
        Tables |= Tables.Builders | Tables.SourceStamps | Tables.Buildsets | Tables.BuildRequests | Tables.Builds | Tables.Masters;
        foreach (long? build in (ReadOnlySpan<long?>)[buildset.Buildset.ParentBuildId, buildset.Buildset.RebuiltBuildId])
        {
            if (build is { } id)
                Refer("builds", id);
        }
    }

    /// <summary>Records that the update finds the rows to lock itself, in the given tables.</summary>
    internal void ReadsRowsItself(Tables tables)
    {
        RunsAlone = true;
        Tables |= tables;
    }

    /// <summary>Adds locks on the builders of the new buildset, whose requests may replace older ones.</summary>
    internal void LockBuilders()
    {
        foreach (long builder in NewBuildset!.BuilderIds)
            _rows.Add(new RowKey("builders", builder));
    }

    private void Lock(string table, long id, Tables tables)
    {
        _rows.Add(new RowKey(table, id));
        Tables |= tables;
    }

    private void Refer(string table, long id) => (_references ??= []).Add(new RowKey(table, id));

    private void NewId(string table, int count = 1) => (_newIds ??= []).Add((table, count));
}
