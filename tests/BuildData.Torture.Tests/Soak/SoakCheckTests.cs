using BuildData.Torture.Soak;

namespace BuildData.Torture.Tests.Soak;

internal sealed class SoakCheckTests
{
    private const int Readings = 48;

    [Test]
    public async Task Soak_ShortForm_NothingGrows()
    {
        IReadOnlyDictionary<string, long> figures = await ShortForm.Run(new SoakCheck(SoakSettings.Short), Readings);

        figures["removed builds"].Should().BePositive("data that only comes proves nothing");
    }
}
