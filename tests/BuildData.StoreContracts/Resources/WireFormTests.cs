using System.Text.Json;

namespace BuildData.StoreContracts;

public abstract class WireFormTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task Serialize_Step_HasWholeSecondsAndNumbers()
    {
        Clock.Advance(TimeSpan.FromMilliseconds(1_999));
        long stepId = await Updates.Step();
        await Updates.StartStep(stepId);
        await Updates.FinishStep(stepId, BuildResult.Warnings, hidden: true);

        DataResult result = await Data.Get($"/steps/{stepId}");

        result.ToJson().Should().Be(
            """{"stepid":1,"buildid":1,"number":0,"name":"compile","title":null,"started_at":1700000001,"locks_acquired_at":null,"complete":true,"complete_at":1700000001,"state_string":"pending","results":1,"urls":[],"hidden":true}""");
    }

    [Test]
    public async Task Deserialize_WireForm_GivesTheResourceBack()
    {
        long stepId = await Updates.Step();
        await Updates.StartStep(stepId);
        await Updates.AddStepUrl(stepId, "log", "https://example.org/1");
        Step? step = await Data.Get<Step>($"/steps/{stepId}");

        string json = JsonSerializer.Serialize(step, BuildDataJsonContext.Default.Step);

        JsonSerializer.Deserialize(json, BuildDataJsonContext.Default.Step).Should().BeEquivalentTo(step);
    }

    [Test]
    public async Task Read_Times_KeepTheClocksMicroseconds()
    {
        Clock.Advance(TimeSpan.FromTicks(1_234_567));
        long stepId = await Updates.Step();

        await Updates.StartStep(stepId);

        Step? step = await Data.Get<Step>($"/steps/{stepId}");
        step!.StartedAt.Should().Be(Clock.GetUtcNow().AddTicks(-7));
    }
}
