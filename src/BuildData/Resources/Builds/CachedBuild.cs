using BuildData.Resources.Steps;

namespace BuildData.Resources.Builds;

/// <summary>Represents a build in the cache, with details that its row protects: no other transaction changes them while the row is locked.</summary>
internal sealed class CachedBuild(Build build)
{
    public Build Build { get; set; } = build;

    /// <summary>Gets or sets the names of the build's steps; null if they are not cached.</summary>
    public StepNames? StepNames { get; set; }

    /// <summary>Gets or sets the number of names that <see cref="BuildCache"/> has counted.</summary>
    public int CountedNames { get; set; }

    /// <summary>Gets or sets the properties of the build; null if they are not cached.</summary>
    public PropertyMap? Properties { get; set; }
}
