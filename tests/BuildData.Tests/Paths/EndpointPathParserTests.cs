using BuildData.Paths;
using BuildData.Resources;

namespace BuildData.Tests;

internal sealed class EndpointPathParserTests
{
    private static readonly TestCaseData[] Paths =
    [
        new("/buildsets", new AllBuildsets()),
        new("/buildsets/7", new BuildsetById(7)),
        new("/buildsets/7/properties", new PropertiesOfBuildset(7)),
        new("/buildsets/7/sourcestamps", new SourceStampsOfBuildset(7)),
        new("/buildsets/7/buildrequests", new BuildRequestsOfBuildset(7)),
        new("/steps", new AllSteps()),
        new("/steps/0", new StepById(0)),
        new("/steps/9223372036854775807", new StepById(long.MaxValue)),
        new("/builds/1/steps", new StepsOfBuild(1)),
        new("/builds/1/steps/2", new StepByNumber(1, 2)),
        new("/builds/1/steps/compile", new StepByName(1, "compile")),
        new("/builds/1/steps/%C3%BCn%C3%AF", new StepByName(1, "ünï")),
        new("/builders/3/builds/4/steps", new StepsOfBuild(new BuildRef(3, 4))),
        new("/builders/linux/builds/4/steps/0", new StepByNumber(new BuildRef("linux", 4), 0)),
        new("/builders/mac%2Fos%20x%3F/builds/4/steps/a.b", new StepByName(new BuildRef("mac/os x?", 4), "a.b")),
        new("/builders/linux", new BuilderByRef("linux")),
        new("/builders/4x", new BuilderByRef("4x")),
        new("/builders/%34", new BuilderByRef(4)),
        new("/builders/linux/builds", new BuildsOfBuilder("linux")),
        new("/builders/linux/builds/2", new BuildByRef(new BuildRef("linux", 2))),
        new("/builders/linux/builds/2/properties", new PropertiesOfBuild(new BuildRef("linux", 2))),
        new("/builds/newest", new NewestBuilds()),
        new("/builds/newest/1", new NewestBuilds()),
        new("/builds/newest/5", new NewestBuilds(5)),
        new("/build_statistics", new AllBuildStatistics()),
        new("/build_statistics/by_hour", new AllBuildStatistics(StatisticsPeriod.Hour)),
        new("/build_statistics/by_day", new AllBuildStatistics(StatisticsPeriod.Day)),
        new("/build_statistics/by_week", new AllBuildStatistics(StatisticsPeriod.Week)),
        new("/builders/linux/build_statistics", new BuildStatisticsOfBuilder("linux")),
        new("/builders/3/build_statistics/by_hour", new BuildStatisticsOfBuilder(3, StatisticsPeriod.Hour)),
        new("/builders/3/build_statistics/by_day", new BuildStatisticsOfBuilder(3, StatisticsPeriod.Day)),
        new("/builders/linux/build_statistics/by_week", new BuildStatisticsOfBuilder("linux", StatisticsPeriod.Week)),
        new("/log_sizes", new AllLogSizes()),
        new("/builders/linux/log_sizes", new LogSizesOfBuilder("linux")),
        new("/builders/linux/step_statistics", new StepStatisticsOfBuilder("linux")),
        new("/builders/linux/buildrequests", new BuildRequestsOfBuilder("linux")),
        new("/buildrequests/5/builds", new BuildsOfBuildRequest(5)),
        new("/workers/5/builds", new BuildsOfWorker(5)),
        new("/workers/5", new WorkerByRef(5)),
        new("/workers/worker-1", new WorkerByRef("worker-1")),
        new("/builds/5/triggered_builds", new BuildsTriggeredBy(5)),
        new("/masters/1", new MasterById(1)),
        new("/sourcestamps/1", new SourceStampById(1)),
    ];

    [TestCaseSource(nameof(Paths))]
    public void Parse_KnownPath_GivesItsQuery(string path, Query query) =>
        ResourceTypes.PathParser.Parse(path).Should().Be(query);

    [TestCase("", "must begin with '/'")]
    [TestCase("buildsets", "must begin with '/'")]
    [TestCase("/", "empty segment")]
    [TestCase("/nope", "no endpoint")]
    [TestCase("/buildsets/", "empty segment")]
    [TestCase("//buildsets", "empty segment")]
    [TestCase("/buildsets/x", "no endpoint")]
    [TestCase("/buildsets/-1", "no endpoint")]
    [TestCase("/buildsets/+1", "no endpoint")]
    [TestCase("/buildsets/ 1", "no endpoint")]
    [TestCase("/buildsets/1_000", "no endpoint")]
    [TestCase("/buildsets/１", "no endpoint")]
    [TestCase("/buildsets/1/2/3", "no endpoint")]
    [TestCase("/Buildsets", "no endpoint")]
    [TestCase("/builds/1/steps/1x", "no endpoint")]
    [TestCase("/builds/1/steps/a b", "no endpoint")]
    [TestCase("/builds/x/steps", "no endpoint")]
    [TestCase("/steps/9223372036854775808", "does not fit in 63 bits")]
    [TestCase("/builders/99999999999999999999/builds", "does not fit in 63 bits")]
    [TestCase("/builders/%", "not percent-encoded")]
    [TestCase("/builders/%4", "not percent-encoded")]
    [TestCase("/builders/%zz", "not percent-encoded")]
    [TestCase("/builders/%ff", "not percent-encoded")]
    public void Parse_WrongPath_FailsAndNamesIt(string path, string reason)
    {
        Action parse = () => ResourceTypes.PathParser.Parse(path);

        parse.Should().Throw<InvalidPathException>().WithMessage($"*{reason}*").Which.Path.Should().Be(path);
    }

    [Test]
    public void Parse_VeryLongPathWithoutEndpoint_SuggestsNothing() =>
        ResourceTypes.PathParser.Invoking(parser => parser.Parse("/" + new string('x', 300))).Should().Throw<InvalidPathException>()
            .Which.Message.Should().Contain("no endpoint has this form").And.NotContain("nearest");

    // A test case's arguments are kept as UTF-8, which has no such text.
    [Test]
    public void Parse_HalfASurrogatePair_Fails() =>
        ResourceTypes.PathParser.Invoking(table => table.Parse("/builders/\ud800")).Should().Throw<InvalidPathException>().WithMessage("*not percent-encoded*");

    [Test]
    public void Parse_LiteralAndVariable_PrefersTheLiteral()
    {
        var parser = new EndpointPathParser(
        [
            Endpoint.One<Step>("/a/{id:number}", static (in path) => new StepById(path.Number(0))),
            Endpoint.All<Step>("/a/all", static (in _) => new AllSteps()),
            Endpoint.One<Step>("/a/{name:identifier}", static (in path) => new StepByName(1, path.Name(0))),
        ]);

        parser.Parse("/a/all").Should().Be(new AllSteps());
        parser.Parse("/a/5").Should().Be(new StepById(5));
        parser.Parse("/a/alle").Should().Be(new StepByName(1, "alle"));
    }

    [Test]
    public void Parse_LiteralThatLeadsNowhere_TriesTheVariable()
    {
        var parser = new EndpointPathParser(
        [
            Endpoint.All<Step>("/a/all/x", static (in _) => new AllSteps()),
            Endpoint.One<Step>("/a/{name:identifier}/y", static (in path) => new StepByName(1, path.Name(0))),
        ]);

        parser.Parse("/a/all/y").Should().Be(new StepByName(1, "all"));
    }

    [TestCase("/builds/5/steps/compile", "/builds/{buildid}/steps/{step_name}")]
    [TestCase("/builders/linux/builds", "/builders/{builderid_or_buildername}/builds")]
    [TestCase("/builders/3/builds", "/builders/{builderid_or_buildername}/builds")]
    [TestCase("/masters", "/masters")]
    public void FindPattern_QueryOfAPath_IsTheEndpointWithoutKinds(string path, string pattern) =>
        ResourceTypes.PathParser.FindPattern(ResourceTypes.PathParser.Parse(path)).Should().Be(pattern);

    [Test]
    public void FindPattern_NameThatIsNoPath_IsTheTypeOfTheQuery() =>
        ResourceTypes.PathParser.FindPattern(new BuildsOfBuilder("99999999999999999999")).Should().Be(nameof(BuildsOfBuilder));

    [TestCase("/a/{x:number}", "/a/{y:number}")]
    [TestCase("/a/{x:number}", "/a/{y:number_or_name}")]
    [TestCase("/a/{x:number_or_name}", "/a/{y:identifier}")]
    [TestCase("/a", "/a")]
    [TestCase("/a", "/b/{x:colour}")]
    public void Constructor_AmbiguousOrUnknownPattern_Fails(string first, string second)
    {
        Action build = () => _ = new EndpointPathParser(
            [Endpoint.All<Step>(first, static (in _) => new AllSteps()), Endpoint.All<Step>(second, static (in _) => new AllSteps())]);

        build.Should().Throw<ArgumentException>().WithMessage($"*{second}*");
    }
}
