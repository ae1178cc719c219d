using BuildData.Resources.Steps;

namespace BuildData.Resources.Builds;

/// <summary>
/// Represents a cached build with its step names and properties. While a transaction has locked the build's row, no other transaction
/// changes the build, its properties or the names of its steps.
/// </summary>
internal sealed class CachedBuild(Build build)
{
    public Build Build { get; set; } = build;

    /// <summary>Gets or sets the names of the build's steps; null if the names are not cached.</summary>
    public StepNameCache? StepNames { get; set; }

    /// <summary>Gets or sets how many names and suffixes of <see cref="StepNames"/> are already counted in the size of the cache.</summary>
    public int CountedStepNames { get; set; }

    /// <summary>Gets or sets the properties of the build; null if the properties are not cached.</summary>
    public PropertyMap? Properties { get; set; }
}
