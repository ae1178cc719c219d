using BuildData.Analyzers.Paths;

namespace BuildData.Analyzers.Tests;

/// <summary>The analyzers know the library's endpoints, and match paths as the library does.</summary>
internal sealed class EndpointPatternsTests
{
    private static readonly string[] Segments =
    [
        "builders", "builds", "buildsets", "buildrequests", "steps", "workers", "masters", "sourcestamps", "properties", "triggered_builds", "build_statistics", "step_statistics", "newest", "logs", "log_sizes", "contents", "raw",
        "1", "9223372036854775807", "9223372036854775808", "-1", "01", "linux", "a.b", "1a", ".a", "a b", "é", "\u00A0", "%C3%A9", "%34", "%2F", "%", "%zz", "%ff", "",
        new('a', 50), new('a', 51), "buildS", "+1",
    ];

    private static IEnumerable<string> Paths =>
    [
        "", "/", "builds", "builds/1",
        .. Segments.Select(segment => $"/{segment}"),
        .. Segments.SelectMany(_ => Segments, (first, second) => $"/{first}/{second}"),

        // The analyzers do not know the largest number of the newest builds.
        .. Segments.SelectMany(_ => Segments, (second, third) => $"/builds/{second}/{third}").Where(path => path != $"/builds/newest/{long.MaxValue}"),
        .. Segments.SelectMany(_ => Segments, (second, third) => $"/builders/{second}/{third}"),
        .. Segments.SelectMany(_ => Segments, (third, fourth) => $"/builders/1/{third}/{fourth}"),
        .. Segments.SelectMany(_ => Segments, (second, third) => $"/logs/{second}/{third}"),
        .. Segments.SelectMany(_ => Segments, (third, fourth) => $"/steps/1/{third}/{fourth}"),
        .. Segments.SelectMany(_ => Segments, (fourth, fifth) => $"/steps/1/logs/{fourth}/{fifth}"),
        .. Segments.SelectMany(_ => Segments, (eighth, ninth) => $"/builders/linux/builds/1/steps/compile/logs/{eighth}/{ninth}"),
        .. Segments.SelectMany(_ => Segments, (third, fourth) => $"/builds/1/{third}/{fourth}"),
        .. Segments.SelectMany(_ => Segments, (fifth, sixth) => $"/builders/linux/builds/1/{fifth}/{sixth}"),
        .. Segments.SelectMany(_ => Segments, (sixth, seventh) => $"/builds/1/steps/{sixth}/{seventh}"),
    ];

    [Test]
    public void Matches_OfAPath_AreWhatTheLibraryFinds()
    {
        string[] differences = [.. Paths.Where(path => ByAnalyzers(path) != ByLibrary(path)).Select(path => $"{path}: {ByAnalyzers(path)}, not {ByLibrary(path)}")];

        differences.Should().BeEmpty();
    }

    [Test]
    public void Paths_OfTheComparison_AreRightAndWrong()
    {
        Paths.Count(path => ByLibrary(path) is null).Should().BeGreaterThan(1_000);
        Paths.Select(ByLibrary).Where(result => result is not null).Distinct().Should().HaveCount(EndpointPatterns.All.Select(Result).Distinct().Count());
    }

    [Test]
    public async Task Calls_OfAllEndpoints_AreNotReported()
    {
        string[] calls = [.. EndpointPatterns.All.SelectMany(Calls)];

        IReadOnlyList<string> reports = await Analysis.Of(Code.With(string.Join('\n', calls)));

        calls.Should().HaveCountGreaterThan(2 * 35);
        reports.Should().BeEmpty();
    }

    [Test]
    public async Task Calls_OfAllEndpoints_WithAnotherType_AreReported()
    {
        string[] calls = [.. EndpointPatterns.All.SelectMany(Calls).Select(call => call.Replace('<' + call.Split('<', '>')[1] + '>', "<string>", StringComparison.Ordinal))];

        IReadOnlyList<string> reports = await Analysis.Of(Code.With(string.Join('\n', calls)));

        reports.Should().HaveCount(calls.Length);
    }

    /// <summary>Returns calls with the path as text, and with holes.</summary>
    private static IEnumerable<string> Calls(EndpointPattern endpoint)
    {
        string text = string.Concat(endpoint.Segments.Select(segment => "/" + segment.Kind switch
        {
            SegmentKind.Literal => segment.Text,
            SegmentKind.Number => "7",
            SegmentKind.Identifier => "compile",
            _ => "linux",
        }));
        string holes = string.Concat(endpoint.Segments.Select(segment => "/" + segment.Kind switch
        {
            SegmentKind.Literal => segment.Text,
            SegmentKind.Number => "{id}",
            _ => "{name}",
        }));
        string[] methods = endpoint.IsCollection ? ["GetAll", "Count", "Watch"] : ["Get", "Watch"];
        return methods.SelectMany<string, string>(method =>
            [$"await data.{method}<{endpoint.TypeName}>(\"{text}\");", $"await data.{method}<{endpoint.TypeName}>($\"{holes}\");"]);
    }

    private static string? ByAnalyzers(string path) =>
        EndpointPatterns.All.FirstOrDefault(endpoint => endpoint.CanMatch(PathTemplate.Parse([PathPart.OfText(path)]))) is { } match ? Result(match) : null;

    private static string? ByLibrary(string path)
    {
        try
        {
            Query query = DataApi.Parse(path, null).Query;
            return $"{query.ResultType.Name} {query.IsCollection}";
        }
        catch (InvalidPathException)
        {
            return null;
        }
    }

    private static string Result(EndpointPattern endpoint) => $"{endpoint.TypeName} {endpoint.IsCollection}";
}
