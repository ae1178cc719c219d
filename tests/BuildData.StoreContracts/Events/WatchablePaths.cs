using System.Text.RegularExpressions;

namespace BuildData.StoreContracts;

/// <summary>Lists paths that can be watched.</summary>
internal static partial class WatchablePaths
{
    private static readonly Dictionary<string, string[]> Examples = new()
    {
        ["builderid_or_buildername"] = ["1", "2", "linux", "mac%20os%2Fx", "later", "42"],
        ["bsid"] = ["1", "2", "4", "7", "99"],
        ["build_number"] = ["1", "2", "99"],
        ["buildid"] = ["1", "2", "3", "5", "99"],
        ["buildrequestid"] = ["1", "2", "4", "7", "99"],
        ["count"] = ["1", "3"],
        ["log_slug"] = ["stdio", "warnings", "nothere"],
        ["logid"] = ["1", "4", "99"],
        ["masterid"] = ["1", "99"],
        ["name"] = ["worker-1", "worker-3", "nobody"],
        ["ssid"] = ["1", "2", "5", "99"],
        ["step_name"] = ["compile", "test_1"],
        ["step_number"] = ["0", "2"],
        ["stepid"] = ["1", "4", "5", "99"],
        ["workerid"] = ["1", "2", "99"],
    };

    /// <summary>Gets paths with filters. Each has results in a <see cref="SmallWorld"/>.</summary>
    public static IReadOnlyList<string> WithFilters { get; } =
    [
        "/steps?results=2", "/steps?results__ne=0", "/steps?complete=false", "/steps?hidden=no&name__contains=compile", "/builders/linux/steps?results__in=2&results__in=6",
        "/builders/later/steps?started_at__gt=1700000003", "/steps?started_at=1700000002", "/steps?state_string__contains=test%20of", "/steps?order=-name",
        "/builds?complete=false", "/builds?results__ge=2", "/builds/1/steps?number__gt=0", "/builds?complete=false&property=*", "/workers/1/builds?complete=1",
        "/buildrequests?claimed=false", "/buildrequests?claimed=true&complete=false", "/buildrequests?claimed__ne=true", "/buildrequests?complete=yes&property=owner",
        "/buildsets?complete=false", "/buildsets?parent_buildid__ge=1", "/buildsets?reason__contains=waiting", "/builders?tags__contains=fast", "/builders?projectid__in=1&projectid__in=2",
        "/sourcestamps?revision=1", "/workers?name__gt=worker-1", "/workers?paused=true", "/workers?graceful=false", "/workers?version=2", "/builders?masterids__contains=1",
        "/workers/2/builders?name__contains=linux", "/workers/worker-2/builders?tags__contains=fast", "/builders/linux/masters?active=true", "/builders/1/workers?paused=false",
        "/builds?property.rev=changed", "/builds?property.rev__ne=changed", "/builds?property.late=true&property.rev__notin=0.0", "/builders/later/builds?property.rev__in=2.0",
        "/buildrequests?property.owner=0.0", "/buildsets?property.owner=1.0", "/buildsets?sourcestamp.codebase=lib&sourcestamp.revision=1", "/builds?sourcestamp.revision=1.0",
        "/buildrequests?sourcestamp.revision__contains=1", "/builds?builder_name=linux", "/builds?worker_name__ne=worker-1", "/builds?builder_name__contains=mac&complete=false",
        "/masters/1/workers?version=2", "/masters/1/builders?description__contains=1", "/masters/1/builds?complete=false",
    ];

    /// <summary>Returns paths of an endpoint, of resources that exist in a <see cref="SmallWorld"/>, or come to exist, or never do.</summary>
    public static IEnumerable<string> Of(string endpoint)
    {
        string[] queries = Endpoints.TypeOf(endpoint) is "Build" or "BuildRequest" ? ["", "?property=*", "?property=rev&property=owner"] : [""];
        return WithoutHoles(endpoint).SelectMany(path => queries.Select(query => path + query));
    }

    /// <summary>Returns the paths of <see cref="Of"/> without a query string.</summary>
    public static IEnumerable<string> WithoutHoles(string pattern)
    {
        Match hole = Hole().Match(pattern);
        return hole.Success
            ? Examples[hole.Groups[1].Value].SelectMany(example => WithoutHoles(pattern[..hole.Index] + example + pattern[(hole.Index + hole.Length)..]))
            : [pattern];
    }

    [GeneratedRegex("{([a-z_]+)}")]
    private static partial Regex Hole();
}
