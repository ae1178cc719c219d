namespace BuildData.Resources.Buildsets;

/// <summary>Holds how many build requests of a buildset are incomplete, and the results of the complete ones.</summary>
internal sealed class BuildsetProgress
{
    /// <summary>Gets or sets the number of incomplete requests. In an object that is not cached, 1 stands for one or more.</summary>
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
