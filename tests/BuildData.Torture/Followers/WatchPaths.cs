using System.Globalization;

namespace BuildData.Torture.Followers;

/// <summary>The paths that followers watch, with ids that may exist.</summary>
internal static class WatchPaths
{
    private const int HighestNamedId = 40;

    private static readonly string[] All =
    [
        "/builds", "/builds?complete=false", "/builds?results__ne=0&order=-buildid", "/builds?property=*", "/builds?property.owner=ann", "/builds?sourcestamp.revision=r1",
        "/builds?state_string__contains=1", "/builds/{}", "/builds/{}?property=*", "/builds/{}/steps", "/builds/{}/properties", "/builds/{}/buildrequest", "/builds/{}/triggered_builds",
        "/builds/{}/steps/compile", "/builds/{}/steps/1", "/builds/{}/steps/compile/logs", "/builds/{}/steps?complete=false",
        "/buildrequests", "/buildrequests?claimed=false&order=-priority", "/buildrequests?complete=false&property=owner", "/buildrequests/{}", "/buildrequests/{}/builds",
        "/buildrequests/{}/properties", "/buildsets", "/buildsets?complete=false&order=-submitted_at", "/buildsets?property.owner=ben", "/buildsets/{}", "/buildsets/{}/builds",
        "/buildsets/{}/buildrequests", "/buildsets/{}/properties", "/buildsets/{}/sourcestamps", "/sourcestamps", "/sourcestamps/{}", "/sourcestamps/{}/builds", "/sourcestamps/{}/buildsets",
        "/steps", "/steps?results__ne=0", "/steps?state_string__contains=state&order=name", "/steps?hidden=true", "/steps/{}", "/steps/{}/logs", "/steps/{}/logs/stdio", "/logs/{}",
        "/builders", "/builders?tags__contains=tag1", "/builders/{}", "/builders/{}/builds", "/builders/{}/builds/1", "/builders/{}/buildrequests?complete=false",
        "/builders/{}/workers", "/builders/lane-0/builds", "/builders/lane-0/builds?complete=true",
        "/workers", "/workers?paused=true", "/workers/{}", "/workers/{}/builds", "/workers/{}/builders", "/masters", "/masters/1", "/masters/{}/builders",
    ];

    /// <summary>Chooses from one to three paths. The last one is that of the marker.</summary>
    public static string[] Choose(Random random) =>
        [.. random.GetItems(All, random.Next(1, 4)).Distinct().Select(path => path.Replace("{}", random.Next(1, HighestNamedId).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)), QuietState.MarkerPath];
}
