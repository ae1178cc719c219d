namespace BuildData;

/// <summary>
/// Specifies when a new build request replaces a waiting build request of the same builder. The replaced request completes as
/// <see cref="BuildResult.Skipped"/> and is not built. A new request replaces only requests that were added with the same policy.
/// </summary>
public enum CollapsePolicy
{
    /// <summary>A new request replaces no request.</summary>
    Never,

    /// <summary>
    /// A new request replaces a waiting request if both would build the same. The buildsets of both requests must have the same source
    /// stamps, at least one. No source stamp may have a patch. The buildsets must also have the same properties, with the same values and
    /// sources. <see cref="BuildRequest.WaitedFor"/> must be false for both requests. The new request gets the higher priority of the two.
    /// </summary>
    WhenSame,

    /// <summary>
    /// A new request replaces a waiting request under the same conditions as in Buildbot. The buildsets of both requests must have the same
    /// source stamps, at least one. No source stamp may have a patch. The buildsets must also have the same properties with the source
    /// <c>Scheduler</c>, apart from the property <c>scheduler</c>. Properties with other sources may differ. The new request keeps its own
    /// priority.
    /// </summary>
    AsReference,
}
