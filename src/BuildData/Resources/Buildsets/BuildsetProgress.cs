namespace BuildData.Resources.Buildsets;

/// <summary>Holds how many build requests of a buildset are incomplete, and the results of the complete ones.</summary>
internal sealed class BuildsetProgress
{
    /// <summary>
    /// Gets or sets the number of incomplete requests. The number is exact in the <see cref="BuildsetCache"/>. Elsewhere the number is
    /// 1 if one or more requests are incomplete.
    /// </summary>
    public long IncompleteCount { get; set; }

    /// <summary>Gets the different results of the complete requests.</summary>
    public HashSet<BuildResult> Results { get; } = [];

    /// <summary>Records that a request has become complete with a result.</summary>
    public void RecordCompletion(BuildResult results)
    {
        IncompleteCount--;
        Results.Add(results);
    }
}
