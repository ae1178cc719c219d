using BuildData.Resources.Steps;

namespace BuildData.Resources.Builds;

/// <summary>Represents a cached build with its step names and properties. While the build's row is locked, no other transaction changes any of these.</summary>
internal sealed class CachedBuild(Build build)
{
    public Build Build { get; set; } = build;

    /// <summary>Gets or sets the names of the build's steps; null if they are not cached.</summary>
    public StepNames? StepNames { get; set; }

    /// <summary>Gets or sets the part of <see cref="BuildCache.Builds"/>'s detail count that comes from this build's step names.</summary>
    public int CountedNames { get; set; }

    /// <summary>Gets or sets the properties of the build; null if they are not cached.</summary>
    public PropertyMap? Properties { get; set; }
}
