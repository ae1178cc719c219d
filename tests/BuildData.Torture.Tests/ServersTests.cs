using BuildData.Torture.Servers;

namespace BuildData.Torture.Tests;

/// <summary>Runs a round of each quick part of the check of servers.</summary>
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
}
