using Microsoft.Data.Sqlite;

namespace BuildData.Tests;

/// <summary>Updates that the database refuses after they have written: a trigger of the host's fails, or rolls back.</summary>
internal sealed class TriggerTests() : SqliteMasterTests
{
    [Test]
    public async Task Claim_TheSecondIsRefusedAfterTheFirstWasWritten_TheFirstIsNotHeldAsClaimed([Values] bool inTransaction)
    {
        (_, long first, _) = await Updates.Request("a", new SourceStampKey { Revision = "1" });
        (_, long second, _) = await Updates.Request("b", new SourceStampKey { Revision = "2" });
        AddTrigger($"BEFORE UPDATE ON buildrequests WHEN new.id = {second} AND new.claimed_by IS NOT NULL BEGIN SELECT RAISE(ABORT, 'refused'); END");

        bool claimed = false;
        async Task Claim(Updates updates)
        {
            await updates.Awaiting(u => u.ClaimBuildRequests([first, second])).Should().ThrowAsync<StoreException>();
            claimed = await updates.ClaimBuildRequests([first]);
        }

        await (inTransaction ? Updates.Transaction(Claim) : Claim(Updates));

        claimed.Should().BeTrue("nothing of the claim that failed is held");
    }

    [Test]
    public async Task Update_ATriggerRollsTheTransactionBack_FailsAloneAmongManyCallers()
    {
        long buildId = await Updates.Build();
        AddTrigger("BEFORE UPDATE ON builds WHEN new.state_string = 'bang' BEGIN SELECT RAISE(ROLLBACK, 'bang'); END");
        await using Subscription events = Data.Events.Subscribe("/builds/*");
        int failed = 0;

        await Task.WhenAll(Enumerable.Range(0, 32).Select(caller => Task.Run(async () =>
        {
            for (int i = 0; i < 50; i++)
            {
                if ((caller + i) % 8 != 0)
                {
                    await Updates.SetBuildStateString(buildId, $"{caller} {i}");
                    continue;
                }

                await Updates.Awaiting(u => u.SetBuildStateString(buildId, "bang")).Should().ThrowAsync<StoreException>();
                Interlocked.Increment(ref failed);
            }
        })));

        failed.Should().Be(200);
        List<DataEvent> seen = await events.Next((32 * 50) - failed);
        seen.Select(e => ((Build)e.Resource).StateString).Should().OnlyHaveUniqueItems().And.NotContain("bang");
        (await Data.Get<Build>($"/builds/{buildId}"))!.StateString.Should().Be(((Build)seen[^1].Resource).StateString);
    }

    private void AddTrigger(string body)
    {
        using var connection = new SqliteConnection(Folder.ConnectionString + ";Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // A constant of this test, with a number.
        command.CommandText = $"CREATE TRIGGER refuse {body}";
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
