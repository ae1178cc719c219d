using Dapper;
using Npgsql;

namespace BuildData.Tests;

/// <summary>Updates of one batch whose writes go to the server together, where it refuses one of them.</summary>
internal sealed class RefusedUpdateTests() : MasterTests(StoreKinds.PostgreSql)
{
    [Test]
    public async Task Updates_TheServerRefusesOneOfMany_ItFailsAlone()
    {
        long stepId = await Updates.Step();
        long buildId = (await Data.Get<Step>($"/steps/{stepId}"))!.BuildId;
        long[] steps = [.. (await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Updates.NewStep(buildId, "s")))).Select(step => step.StepId)];
        await using (var connection = new NpgsqlConnection(((PostgreSqlTestStore)Store).ConnectionString + ";Pooling=false"))
            await connection.ExecuteAsync("ALTER TABLE steps ADD CHECK (state_string <> 'refused')");
        Subscription events = Data.Events.Subscribe("/steps/*", "updated");

        Task[] running = [.. steps.Select((id, i) => Updates.SetStepStateString(id, i == 17 ? "refused" : "taken"))];

        await running[17].Awaiting(task => task).Should().ThrowAsync<StoreException>();
        await Task.WhenAll(running.Where((_, i) => i != 17));
        (await Data.Count<Step>("/steps?state_string=taken")).Should().Be(39);
        await Master.DisposeAsync();
        (await events.Rest()).Should().HaveCount(39);
    }
}
