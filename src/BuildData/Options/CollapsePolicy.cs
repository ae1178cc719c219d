namespace BuildData;

/// <summary>
/// Specifies which waiting build requests a new build request replaces, when <see cref="Updates.AddBuildset"/> adds the new one. Only
/// requests that were added under the same policy are compared.
/// </summary>
public enum CollapsePolicy
{
    /// <summary>No request is replaced.</summary>
    Never,

    /// <summary>
    /// A newer request of the same builder replaces a waiting request if both would build the same. Their buildsets must have the same
    /// source stamps, none with a patch, and the same properties with the same values and sources. Both requests must
    /// have <see cref="BuildRequest.WaitedFor"/> false. The newer request gets the higher priority of the two.
    /// </summary>
    WhenSame,

    /// <summary>
    /// A newer request of the same builder replaces a waiting request under the same conditions as in Buildbot. Their buildsets must have
    /// the same source stamps, none with a patch, and the same properties. Only properties with the source <c>Scheduler</c> are compared,
    /// and the property <c>scheduler</c> is not. The newer request keeps its own priority.
    /// </summary>
    AsReference,
}
