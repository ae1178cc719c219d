namespace BuildData;

/// <summary>
/// Rows that the writer has read or written and knows to be current: because nobody else writes or, where others do, because
/// the transaction has locked them. Whatever undoes a write clears it: what is not held is read again.
/// </summary>
internal sealed class HeldRows
{
    // Enough for every open build of a large installation; beyond it, forgetting all is simpler than forgetting well.
    private const int Capacity = 100_000;

    // The names of more builds than this are dropped where they can't be dropped as builds are finished.
    private const int MostNames = 1_000;

    private readonly HashSet<(string Kind, long Id)> _known = [];
    private readonly HashSet<long> _completeNames = [];
    private int _heldNames;

    public Dictionary<long, Step> Steps { get; } = [];

    public Dictionary<long, StepNames> StepNames { get; } = [];

    public Dictionary<long, Build> Builds { get; } = [];

    public Dictionary<long, long> BuildNumbers { get; } = [];

    public Dictionary<long, BuildRequest> BuildRequests { get; } = [];

    /// <summary>Whether the resource is known to exist.</summary>
    public bool Knows(string kind, long id) => _known.Contains((kind, id));

    public void Know(string kind, long id) => _known.Add((kind, id));

    /// <summary>Whether the names held of a build's steps are all there are, though others may add some between transactions.</summary>
    public bool HasAllNames(long buildId) => _completeNames.Contains(buildId);

    public void HoldAllNames(long buildId, StepNames names)
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

    public void ForgetNames(long buildId)
    {
        if (StepNames.Remove(buildId, out StepNames? names))
            _heldNames -= names.Counted;
        _completeNames.Remove(buildId);
    }

    /// <summary>Forgets what others may have changed since the last transaction. Names and existence stay as they were: nothing goes.</summary>
    public void BeginTransaction()
    {
        _completeNames.Clear();
        Steps.Clear();
        Builds.Clear();
        BuildNumbers.Clear();
        BuildRequests.Clear();

        // A build may have been finished elsewhere.
        if (StepNames.Count > MostNames || _heldNames > Capacity)
            ClearNames();
    }

    public void Clear()
    {
        BeginTransaction();
        _known.Clear();
        ClearNames();
    }

    private void CountNames(StepNames names)
    {
        _heldNames += names.Held - names.Counted;
        names.Counted = names.Held;
    }

    private void ClearNames()
    {
        StepNames.Clear();
        _heldNames = 0;
    }

    /// <summary>Called between batches.</summary>
    public void Trim()
    {
        if (_known.Count + Steps.Count + StepNames.Count + _heldNames + Builds.Count + BuildNumbers.Count + BuildRequests.Count > Capacity)
            Clear();
    }
}
