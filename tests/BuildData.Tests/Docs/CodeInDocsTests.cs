using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using BuildData.Definitions;
using BuildData.Resources;
using BuildData.Resources.BuildRequests;
using BuildData.Resources.Builds;
using BuildData.Resources.Buildsets;
using BuildData.Resources.Steps;
using Microsoft.Extensions.Logging;

namespace BuildData.Tests;

/// <summary>The documentation agrees with the code.</summary>
internal sealed partial class CodeInDocsTests
{
    private const string Sample = "samples/Quickstart/Program.cs";

    private static readonly string[] SampleParts = ["open", "write", "read", "follow", "watch", "wait", "transaction", "keep", "resume"];

    private static readonly string Docs = string.Join('\n', DocumentationPages.Docs.Select(page => page.Text));

    private static readonly string[] TestParts = ["testing", "clock", "handler", "restarting", "hosted"];

    private static readonly string[] HistoryParts = ["history", "prune"];

    private static readonly string[] StatisticsParts = ["newest", "statistics"];

    private static readonly string[] PagesParts = ["related", "pages"];

    private static readonly string[] UntypedParts = ["several", "untyped"];

    private static readonly string[] LifecycleParts = ["next", "ending", "releasing", "cancelling", "running", "recovering", "recover", "rebuilding", "strict"];

    private static readonly string[] CopyParts = ["copy", "backup"];

    private static readonly string[] LogReadingParts = ["lines", "search", "tail", "raw", "sizes"];

    private static readonly string[] LogsParts = ["writer", "process", "streams"];

    private static IEnumerable<TestCaseData> Parts =>
    [
        .. SampleParts.Select(part => new TestCaseData(Sample, part)),
        new TestCaseData("samples/WebHost/Program.cs", "web"),
        new TestCaseData("samples/Dashboard/Program.cs", "dashboard"),
        .. TestParts.Select(part => new TestCaseData("tests/BuildData.Tests/Docs/DocumentedTests.cs", part)),
        .. LifecycleParts.Select(part => new TestCaseData("tests/BuildData.Tests/Docs/DocumentedLifecycleTests.cs", part)),
        .. CopyParts.Select(part => new TestCaseData("tests/BuildData.Tests/Docs/DocumentedCopyTests.cs", part)),
        .. HistoryParts.Select(part => new TestCaseData("tests/BuildData.Tests/Docs/DocumentedHistoryTests.cs", part)),
        .. LogsParts.Select(part => new TestCaseData("tests/BuildData.Tests/Docs/DocumentedLogsTests.cs", part)),
        .. StatisticsParts.Select(part => new TestCaseData("tests/BuildData.Tests/Docs/DocumentedStatisticsTests.cs", part)),
        .. LogReadingParts.Select(part => new TestCaseData("tests/BuildData.Tests/Docs/DocumentedLogReadingTests.cs", part)),
        .. UntypedParts.Select(part => new TestCaseData("tests/BuildData.Tests/Docs/DocumentedUntypedTests.cs", part)),
        .. PagesParts.Select(part => new TestCaseData("tests/BuildData.Tests/Docs/DocumentedPagesTests.cs", part)),
    ];

    [TestCaseSource(nameof(Parts))]
    public void Example_WithAName_IsTheSamplesCode(string file, string part)
    {
        IEnumerable<string> shown = Named().Where(example => example.Name == part).Select(example => example.Code);

        shown.Distinct().Should().Equal(PartOf(file, part));
    }

    [Test]
    public void Names_OfExamples_AreThoseOfTheSamplesParts() =>
        Named().Select(example => example.Name).Distinct().Should().BeEquivalentTo(Parts.Select(part => part.Arguments[1]));

    [Test]
    public void Examples_OfThePackagesPage_AreTheSamplesCode() =>
        MarkdownPage.Read("src/BuildData/README.md").Examples.Select(example => example.Code)
            .Should().NotBeEmpty().And.BeSubsetOf(SampleParts.Select(part => PartOf(Sample, part)));

    [Test]
    public void Examples_OfThePostgreSqlPackagesPage_AreThoseOfTheDocumentation() =>
        MarkdownPage.Read("src/BuildData.PostgreSql/README.md").Examples
            .Should().NotBeEmpty().And.BeSubsetOf(MarkdownPage.Read("src/docs/postgresql.md").Examples);

    [TestCase("write")]
    [TestCase("read")]
    [TestCase("follow")]
    public void ExampleInFSharp_OfTheGuide_IsTheSamplesCode(string part) =>
        MarkdownPage.Read("src/docs/guide.md").Text.Should().Contain($"```fsharp\n{PartOf("samples/FSharpCaller/Program.fs", part)}\n```\n");

    [Test]
    public void Examples_OfTheTestingPackagesPage_AreThoseOfTheDocumentation() =>
        MarkdownPage.Read("src/BuildData.Testing/README.md").Examples.Select(example => example.Code)
            .Should().NotBeEmpty().And.BeSubsetOf(MarkdownPage.Read("src/docs/testing.md").Examples.Select(example => example.Code));

    [Test]
    public void Examples_OfTheWebPackagesPage_AreThoseOfTheDocumentation() =>
        MarkdownPage.Read("src/BuildData.AspNetCore/README.md").Examples.Select(example => example.Code)
            .Should().NotBeEmpty().And.BeSubsetOf(MarkdownPage.Read("src/docs/web.md").Examples.Select(example => example.Code));

    [Test]
    public void EndpointTable_IsTheEndpoints()
    {
        string table = Between(Docs, "<!-- endpoints -->\n| path | returns |\n|---|---|\n", "\n\n");

        table.Should().Be(string.Join('\n', EndpointList.Rows().Select(row => $"| `{row.Path}` | `{row.Result}` |")));
    }

    [Test]
    public void EventTable_IsWhatResourcesAnnounce()
    {
        IEnumerable<string> documented = Table("| resource | announced on | names |\n|---|---|---|\n").Select(cells =>
            $"{Id().Replace(cells[1].Replace("`", "", StringComparison.Ordinal), "*")}: {cells[2]}");

        documented.Should().BeEquivalentTo(ResourceTypes.All
            .Where(resource => resource.EventPatterns.Count > 0)
            .Select(resource => $"{Id().Replace(string.Join(", ", resource.EventPatterns), "*")}: {string.Join(", ", resource.PublicEventNames)}"));
    }

    [Test]
    public void Diagram_OfABuild_HasAllEventsOfItsResources()
    {
        string diagram = Between(Docs, "```mermaid\n", "```");
        ResourceDefinition[] resources = [BuildsetDefinition.Instance, BuildRequestDefinition.Instance, BuildDefinition.Instance, StepDefinition.Instance];

        Transition().Matches(diagram).SelectMany(transition => transition.Groups["events"].Value.Split(", ")).Distinct()
            .Should().BeEquivalentTo(resources.SelectMany(resource => resource.PublicEventNames.Select(name => $"{resource.Kind} {name}")));
    }

    [Test]
    public void EventsOfADiagram_HaveUpdateMethodsThatExist()
    {
        string[][] rows = [.. Table("| event | update method |\n|---|---|\n")];

        rows.SelectMany(cells => Code().Matches(cells[1])).Select(method => method.Groups["code"].Value)
            .Should().NotBeEmpty().And.BeSubsetOf(typeof(Updates).GetMethods().Select(method => method.Name));
    }

    [Test]
    public void Diagnostics_LogIds_AreThoseOfBothStores()
    {
        IEnumerable<(int, string, bool)> documented = Table("| id | level | store | meaning |\n|---:|---|---|---|\n")
            .Select(cells => (int.Parse(cells[0], CultureInfo.InvariantCulture), cells[1], cells[2] == "PostgreSQL"));

        documented.Should().BeEquivalentTo(
            from log in new[] { typeof(BuildData.Diagnostics.Log), typeof(BuildData.PostgreSql.Diagnostics.Log) }
            from method in log.GetMethods(BindingFlags.Static | BindingFlags.Public)
            let message = method.GetCustomAttribute<LoggerMessageAttribute>()!
            select (message.EventId, message.Level.ToString(), log == typeof(PostgreSql.Diagnostics.Log)));
    }

    [Test]
    public async Task Diagnostics_Instruments_AreTheMeters() =>
        Table("| instrument | unit | measures |\n|---|---|---|\n").Select(cells => cells[0].Trim('`'))
            .Should().BeEquivalentTo(await Instruments(measuresBuilds: false));

    [Test]
    public async Task Diagnostics_InstrumentsOfBuilds_AreTheMeters() =>
        Table("| instrument of builds | unit | attributes | measures |\n|---|---|---|---|\n").Select(cells => cells[0].Trim('`'))
            .Should().BeEquivalentTo((await Instruments(measuresBuilds: true)).Except(await Instruments(measuresBuilds: false)));

    private static async Task<IReadOnlyCollection<string>> Instruments(bool measuresBuilds)
    {
        using var meters = new TestMeters();
        var instruments = new ConcurrentBag<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Scope == meters.Factory)
                    instruments.Add(instrument.Name);
            },
        };
        listener.Start();
        await using TestStore store = await StoreKinds.Sqlite.Create();
        await using Master master = await store.Open(options => (options.MeterFactory, options.MeasuresBuilds) = (meters.Factory, measuresBuilds));
        return instruments;
    }

    private static IEnumerable<(string Name, string Code)> Named() =>
        DocumentationPages.Docs.SelectMany(page => page.Examples).Where(example => example.Name.Length > 0);

    /// <summary>Returns what stands between the marks of a part, without its indentation.</summary>
    private static string PartOf(string file, string part)
    {
        string code = Between(File.ReadAllText(Path.Combine(Repository.Root, file)), $"// <{part}>\n", $"// </{part}>");
        string[] lines = code.TrimEnd().Split('\n');
        int indent = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length < indent ? line : line[indent..]));
    }

    /// <summary>Returns the cells of each row of the table that begins so.</summary>
    private static IEnumerable<string[]> Table(string start) =>
        Between(Docs, start, "\n\n").Split('\n').Select(row => row.Trim('|').Split('|', StringSplitOptions.TrimEntries));

    private static string Between(string text, string start, string end)
    {
        int from = text.IndexOf(start, StringComparison.Ordinal);
        from.Should().BeGreaterThanOrEqualTo(0, $"there is '{start}'");
        from += start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }

    [GeneratedRegex("--> [^:\n]+: (?<events>.+)")]
    private static partial Regex Transition();

    [GeneratedRegex("`(?<code>[^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex("{[a-z]+}")]
    private static partial Regex Id();
}
