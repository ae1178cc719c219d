using BuildData.Torture.Histories;
using BuildData.Torture.Load;

namespace BuildData.Torture.Tests.Histories;

internal sealed class HistoriesCheckTests
{
    private const int Rounds = 100;

    [Test]
    public async Task Histories_OfASqliteFile_AreLinearizable() =>
        (await ShortForm.Run(new HistoriesCheck(StoreKind.Sqlite), Rounds))["histories"].Should().Be(Rounds);

    [Test]
    public async Task Histories_OfTwoMastersOnPostgreSql_AreLinearizable()
    {
        Required.SkipIfMissing(PostgreSqlServer.Missing);

        (await ShortForm.Run(new HistoriesCheck(StoreKind.PostgreSql), Rounds / 2))["histories"].Should().Be(Rounds / 2);
    }

    [Test]
    public void Shrink_OfAProgram_LeavesPartsOut() =>
        new HistoryProgram([[1, 2], [3]]).Shrink().Select(program => program.ToString()).Should().Equal(
            "caller 0: 3", "caller 0: 1 2", "caller 0: 2\ncaller 1: 3", "caller 0: 1\ncaller 1: 3");
}
