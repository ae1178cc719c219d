using BuildData.Resources.Steps;

namespace BuildData.Resources.Builds;

/// <summary>Represents a cached build with its step names and properties. While the build's row is locked, no other transaction changes any of these.</summary>
internal sealed class CachedBuild(Build build)
{
    public Build Build { get; set; } = build;

    /// <summary>Gets or sets the names of the build's steps; null if they are not cached.</summary>
    public StepNames? StepNames { get; set; }

    /// <summary>Gets or sets how many names and suffixes of this build are included in the nested item count of <see cref="BuildCache.Builds"/>.</summary>
    public int CountedNames { get; set; }

    /// <summary>Gets or sets the properties of the build; null if they are not cached.</summary>
    public PropertyMap? Properties { get; set; }
}
