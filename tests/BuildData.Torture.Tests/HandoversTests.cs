using BuildData.Torture.Handovers;

namespace BuildData.Torture.Tests;

/// <summary>Runs the short form of the check of the hand-overs.</summary>
internal sealed class HandoversTests
{
    private const int Rounds = 100;

    [Test]
    [CancelAfter(120_000)]
    public async Task Handovers_ShortForm_NoViolation()
    {
        IReadOnlyDictionary<string, long> figures = await ShortForm.Run(new HandoversCheck(), Rounds);

        figures["schedules"].Should().Be(Rounds * HandoversCheck.Scenarios.Count);
    }
}
