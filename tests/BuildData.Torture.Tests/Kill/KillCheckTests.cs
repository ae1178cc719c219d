using BuildData.Torture.Kill;

namespace BuildData.Torture.Tests.Kill;

internal sealed class KillCheckTests
{
    private const int Kills = 24;

    [Test]
    public async Task Kill_AtARandomMoment_LeavesJustWhatWasAcknowledged()
    {
        IReadOnlyDictionary<string, long> figures = await ShortForm.Run(new KillCheck(), Kills);

        figures["kills"].Should().Be(Kills);
        figures["calls that ended"].Should().BePositive("a process that never came to write would prove nothing");
    }
}
