namespace BuildData.Resources.Buildsets;

/// <summary>Represents the progress of a buildset: how many of its build requests are incomplete, and the results of the others.</summary>
internal sealed class BuildsetProgress
{
    /// <summary>Gets or sets the number of incomplete requests.</summary>
    public long Open { get; set; }

    /// <summary>Gets the results of the complete requests.</summary>
    public HashSet<BuildResult> Results { get; } = [];

    /// <summary>Records that one more request is complete.</summary>
    public void Complete(BuildResult results)
    {
        Open--;
        Results.Add(results);
    }
}
