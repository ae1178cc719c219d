using System.Text.Json.Nodes;

namespace BuildData.StoreContracts;

/// <summary>The runner names what differs, at once.</summary>
public abstract class ScenarioRunnerTests(StoreKind kind) : StoreTests(kind)
{
    [Test]
    public async Task Replay_EventTooManyIsRecorded_NamesIt()
    {
        JsonObject scenario = Scenario("""{"event": "stopped", "paths": ["/builders/1"], "body": {"builderid": 1}}""");

        List<string> differences = await Replay(scenario);

        differences.Should().ContainSingle().Which.Should().Contain("an event is missing: stopped /builders/1");
    }

    [Test]
    public async Task Replay_EventIsNotRecorded_NamesIt()
    {
        JsonObject scenario = Scenario();
        scenario["ops"]![1]!["events"] = new JsonArray();

        List<string> differences = await Replay(scenario);

        differences.Should().ContainSingle().Which.Should().Contain("an event that was not recorded: update /builders/1");
    }

    [Test]
    public async Task Replay_AsRecorded_FindsNoDifference() => (await Replay(Scenario())).Should().BeEmpty();

    private static JsonObject Scenario(string? furtherEvent = null)
    {
        JsonObject scenario = JsonNode.Parse(
            """
            {
                "name": "one update", "clock": 1700000000,
                "ops": [
                    {"op": "findBuilderId", "name": "linux", "result": 1},
                    {
                        "op": "updateBuilderInfo", "builderid": 1, "description": "d", "description_format": null,
                        "description_html": null, "projectid": null, "tags": [], "result": null,
                        "events": [{"event": "update", "paths": ["/builders/1"], "body": {"builderid": 1, "description": "d"}}]
                    }
                ]
            }
            """)!.AsObject();
        if (furtherEvent is not null)
            scenario["ops"]![1]!["events"]!.AsArray().Add(JsonNode.Parse(furtherEvent));
        return scenario;
    }

    private Task<List<string>> Replay(JsonObject scenario) =>
        ScenarioRunner.Replay(scenario, Store, static _ => { });
}
