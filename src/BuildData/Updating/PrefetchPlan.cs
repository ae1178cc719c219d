using BuildData.Resources.Buildsets;

namespace BuildData.Stores;

/// <summary>
/// What an update needs: the rows that it locks, and what it reads. A store that several masters share asks before it runs the
/// update, reads and locks all of it at once, and runs at the same time only updates that lock different rows.
/// </summary>
public sealed class PrefetchPlan
{
    private readonly List<RowKey> _rows = new(1);
    private List<(string Table, int Count)>? _newIds;
    private List<(string Table, string Name)>? _names;
    private List<RowKey>? _references;

    internal PrefetchPlan(BuildDataOptions options) => Options = options;

    /// <summary>The options of the master.</summary>
    internal BuildDataOptions Options { get; }

    /// <summary>The rows that the update locks, as far as its arguments name them.</summary>
    public IReadOnlyList<RowKey> Rows => _rows;

    /// <summary>The tables that the update writes or refers to.</summary>
    public Tables Tables { get; private set; }

    /// <summary>
    /// Whether only the update itself can find out which rows it locks, while it runs. It may wait for them, so it has a transaction
    /// to itself.
    /// </summary>
    public bool RunsAlone { get; private set; }

    /// <summary>The only row that the update needs; null if it needs more than one row.</summary>
    internal RowKey? OnlyRow =>
        _rows.Count == 1 && _newIds is null && _names is null && _references is null && NewStepOf is null && NewBuildOf is null
            && !DescribesBuilder && !CompletesRequests && NewBuildset is null
            ? _rows[0] : null;

    /// <summary>The ids that the update is going to give to new rows.</summary>
    internal IReadOnlyList<(string Table, int Count)> NewIds => _newIds ?? [];

    /// <summary>The names of builders and workers that it looks up.</summary>
    internal IReadOnlyList<(string Table, string Name)> Names => _names ?? [];

    /// <summary>The unique key of the buildset that it adds.</summary>
    internal string? UniqueKey => NewBuildset?.UniqueKey;

    /// <summary>The rows that it refers to without a lock.</summary>
    internal IReadOnlyList<RowKey> References => _references ?? [];

    /// <summary>The build to which it adds a step.</summary>
    internal long? NewStepOf { get; private set; }

    /// <summary>The builder to which it adds a build.</summary>
    internal long? NewBuildOf { get; private set; }

    /// <summary>Whether it reads all of the builder that it locks.</summary>
    internal bool DescribesBuilder { get; private set; }

    /// <summary>Whether it completes its build requests, and with them perhaps their buildsets.</summary>
    internal bool CompletesRequests { get; private set; }

    /// <summary>The buildset that it adds.</summary>
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

        // Also the tables that foreign keys refer to, even where the key is null.
        Tables |= Tables.Builders | Tables.SourceStamps | Tables.Buildsets | Tables.BuildRequests | Tables.Builds | Tables.Masters;
        foreach (long? build in (ReadOnlySpan<long?>)[buildset.Buildset.ParentBuildId, buildset.Buildset.RebuiltBuildId])
        {
            if (build is { } id)
                Refer("builds", id);
        }
    }

    /// <summary>Notes that the rows are not known before, and what they may be in.</summary>
    internal void ReadsRowsItself(Tables tables)
    {
        RunsAlone = true;
        Tables |= tables;
    }

    /// <summary>Adds the locks on builders that a new buildset needs where its requests replace others.</summary>
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
