using System.Text.Json.Nodes;

namespace BuildData.Tests;

/// <summary>
/// Recorded behaviour, replayed in full. Further scenario files are replayed from the folder that the environment variable
/// BUILDDATA_SCENARIOS names.
/// </summary>
internal sealed class ScenarioTests
{
    [TestCaseSource(nameof(Files))]
    public async Task Replay_RecordedScenario_AnswersAsRecorded(string file)
    {
        using var folder = new TempFolder();
        JsonObject scenario = JsonNode.Parse(await File.ReadAllTextAsync(file))!.AsObject();

        List<string> differences = await ScenarioRunner.Replay(
            scenario,
            clock => Master.Open(options =>
            {
                options.UseSqlite(folder.ConnectionString);
                options.TimeProvider = clock;
            }));

        differences.Should().BeEmpty();
    }

    [Test]
    public void Files_OfTheProject_AreAllThere() =>
        Directory.GetFiles(Data, "*.json").Should().HaveCount(53);

    private static string Data => Path.Combine(TestContext.CurrentContext.TestDirectory, "Scenarios", "Data");

    private static IEnumerable<TestCaseData> Files()
    {
        string own = Path.Combine(AppContext.BaseDirectory, "Scenarios", "Data");
        IEnumerable<string> files = Directory.GetFiles(own, "*.json");
        if (Environment.GetEnvironmentVariable("BUILDDATA_SCENARIOS") is { Length: > 0 } more)
            files = files.Concat(Directory.GetFiles(more, "*.json"));
        return files.Order(StringComparer.Ordinal).Select(file => new TestCaseData(file).SetArgDisplayNames(Path.GetFileNameWithoutExtension(file)));
    }
}
