using BuildData.Torture.Running;
using BuildData.Torture.Servers;

namespace BuildData.Torture.Tests;

/// <summary>Runs a round of each quick part of the check of servers, and proofs that it notices a server that loses data.</summary>
internal sealed class ServersTests
{
    [TestCase("backends")]
    [TestCase("restarts")]
    [TestCase("administration")]
    [TestCase("failover")]
    [TestCase("killed-masters")]
    [TestCase("lossy-failover")]
    public async Task Run_Part_NoViolation(string part)
    {
        var check = new PostgreSqlCheck { Masters = 3 };
        IReadOnlyDictionary<string, long> figures = await ShortForm.Run(check, rounds: 1, only: part);

        // Without PostgreSQL there are none, and the variable that requires it makes the check fail.
        if (PostgreSqlServer.Missing is { } missing)
            Assert.Ignore(missing);
        figures[$"{part}: calls that were answered"].Should().BePositive();
    }

    [TestCase("DELETE FROM steps WHERE id = (SELECT max(id) FROM steps WHERE NOT EXISTS (SELECT FROM logs WHERE step_id = steps.id))", "is not what its calls make it")]
    [TestCase("DELETE FROM events WHERE sequence = (SELECT sequence FROM events WHERE kind = 'step' ORDER BY sequence DESC OFFSET 3 LIMIT 1)", "Events and tables differ|has not received the kept events")]
    public async Task Run_ServerLosesARow_ViolationIsFound(string statement, string violation)
    {
        if (PostgreSqlServer.Missing is { } missing)
            Assert.Ignore(missing);
        var check = new PostgreSqlCheck { Masters = 2, Parts = [new LostRow(statement)] };

        Func<Task> run = () => ShortForm.Run(check, rounds: 1);

        (await run.Should().ThrowAsync<ViolationException>()).Which.Message.Should().MatchRegex(violation);
    }

    private sealed class LostRow(string statement) : AttackPart
    {
        public override string Name => "lost-row";

        protected override int Processes => 0;

        protected override async Task Attack(CheckRun run, Arena arena, IReadOnlyList<MasterProcess> processes, Random random)
        {
            using var end = new CancellationTokenSource(Arena.Patience);
            while (await arena.Server.Scalar<long>("SELECT count(*) FROM steps WHERE NOT EXISTS (SELECT FROM logs WHERE step_id = steps.id)") < 5)
                await Task.Delay(20, end.Token);
            await arena.Server.Scalar<int?>(statement);
        }
    }
}
