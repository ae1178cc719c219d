namespace BuildData;

/// <summary>
/// Decides which waiting build requests a new one replaces (see <see cref="Updates.AddBuildset"/>). Two requests are compared
/// only if both were added under the same policy.
/// </summary>
public enum CollapsePolicy
{
    /// <summary>Every request stays.</summary>
    Never,

    /// <summary>
    /// A request is replaced by a newer one of the same builder if both would build the same thing: their buildsets have the same
    /// source stamps, none with a patch, and the same properties with the same values and sources, and neither request is waited
    /// for. The newer request takes the highest priority of all of them.
    /// </summary>
    WhenSame,

    /// <summary>
    /// A request is replaced by a newer one of the same builder as in Buildbot: their buildsets have the same source stamps, none
    /// with a patch, and the same properties among those whose source is <c>Scheduler</c>, except the property <c>scheduler</c>.
    /// The newer request keeps its own priority.
    /// </summary>
    AsReference,
}
