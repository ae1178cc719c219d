namespace BuildData.Resources.Buildsets;

/// <summary>How far the build requests of a buildset are.</summary>
internal sealed class BuildsetProgress
{
    /// <summary>How many are not complete.</summary>
    public long Open { get; set; }

    /// <summary>The results of those that are complete.</summary>
    public HashSet<BuildResult> Results { get; } = [];

    /// <summary>Notes that one more is complete.</summary>
    public void Complete(BuildResult results)
    {
        Open--;
        Results.Add(results);
    }
}
