namespace BuildData.Resources.BuildRequests;

/// <summary>
/// Tells the prefetch, which runs before an update, to lock and read some buildsets. These are the buildsets of the build requests that the
/// update completes. The update then also completes each buildset whose requests are all complete.
/// </summary>
internal sealed record ParentBuildsetsToPrefetch
{
    public static readonly ParentBuildsetsToPrefetch OfAllLockedRequests = new();
}
