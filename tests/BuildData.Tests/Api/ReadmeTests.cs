using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace BuildData.Tests;

/// <summary>The README agrees with the code.</summary>
internal sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [TestCase("open")]
    [TestCase("write")]
    [TestCase("read")]
    [TestCase("follow")]
    [TestCase("watch")]
    [TestCase("wait")]
    [TestCase("transaction")]
    [TestCase("keep")]
    [TestCase("resume")]
    public void Example_IsTheSamplesCode(string part)
    {
        string sample = File.ReadAllText(Path.Combine(Repository.Root, "samples", "Quickstart", "Program.cs"));
        string code = Between(sample, $"// <{part}>\n", $"// </{part}>");
        string[] lines = code.TrimEnd().Split('\n');
        int indent = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);

        Between(Readme, $"<!-- {part} -->\n```csharp\n", "```").TrimEnd()
            .Should().Be(string.Join('\n', lines.Select(line => line.Length < indent ? line : line[indent..])));
    }

    [Test]
    public void EndpointTable_IsTheEndpoints()
    {
        string table = Between(Readme, "<!-- endpoints -->\n| path | gives |\n|---|---|\n", "\n\n");

        table.Should().Be(string.Join('\n', EndpointList.Rows().Select(row => $"| `{row.Path}` | `{row.Result}` |")));
    }

    [Test]
    public void EventTable_IsWhatResourcesAnnounce()
    {
        string table = Between(Readme, "| resource | announced on | names |\n|---|---|---|\n", "\n\n");
        IEnumerable<string> documented = table.Split('\n').Select(row =>
        {
            string[] cells = row.Trim('|').Split('|', StringSplitOptions.TrimEntries);
            return $"{Id().Replace(cells[1].Replace("`", "", StringComparison.Ordinal), "*")}: {cells[2]}";
        });

        documented.Should().BeEquivalentTo(Catalog.All
            .Where(resource => resource.EventPatterns.Count > 0)
            .Select(resource => $"{string.Join(", ", resource.EventPatterns)}: {string.Join(", ", resource.EventNames)}"));
    }

    [Test]
    public void Diagnostics_LogIds_AreThoseOfBothStores()
    {
        string row = Between(Readme, "| log | ", "|\n");

        Number().Matches(row).Select(id => int.Parse(id.Value, CultureInfo.InvariantCulture)).Should().BeEquivalentTo(
            new[] { typeof(Log), typeof(PostgreSql.Diagnostics.Log) }
                .SelectMany(log => log.GetMethods(BindingFlags.Static | BindingFlags.Public))
                .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()!.EventId));
    }

    [Test]
    public async Task Diagnostics_Instruments_AreTheMeters()
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
        await using TestStore store = await StoreKind.Sqlite.Create();
        await using Master master = await store.Open(options => options.MeterFactory = meters.Factory);

        Instrument().Matches(Between(Readme, "| meter `BuildData` | ", "|\n")).Select(name => name.Value)
            .Should().BeEquivalentTo(instruments);
    }

    [GeneratedRegex(@"\b\d+\b")]
    private static partial Regex Number();

    [GeneratedRegex("builddata[a-z.]+")]
    private static partial Regex Instrument();

    [GeneratedRegex("{[a-z]+}")]
    private static partial Regex Id();

    private static string Between(string text, string start, string end)
    {
        int from = text.IndexOf(start, StringComparison.Ordinal);
        from.Should().BeGreaterThanOrEqualTo(0, $"there is '{start}'");
        from += start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }
}
