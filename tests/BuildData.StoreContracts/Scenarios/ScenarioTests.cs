using System.Text.Json.Nodes;

namespace BuildData.StoreContracts;

/// <summary>Recorded behaviour, replayed in full.</summary>
public abstract class ScenarioTests(StoreKind kind) : StoreTests(kind)
{
    [TestCaseSource(typeof(ScenarioFiles), nameof(ScenarioFiles.All))]
    public async Task Replay_RecordedScenario_AnswersAsRecorded(string file)
    {
        JsonObject scenario = JsonNode.Parse(await File.ReadAllTextAsync(file))!.AsObject();

        List<string> differences = await ScenarioRunner.Replay(scenario, Store, static options => options.CollapseBuildRequests = CollapsePolicy.AsReference);

        differences.Should().BeEmpty();
    }
}
