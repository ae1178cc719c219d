using BuildData.Torture.Files;

namespace BuildData.Torture.Tests.Files;

internal sealed class FilesCheckTests
{
    [TestCase("disk", 12)]
    [TestCase("neighbours", 6)]
    [TestCase("clock", 6)]
    [TestCase("medium", 4)]
    [TestCase("changes", 13)]
    [TestCase("chunks", 2)]
    [TestCase("handles", 1)]
    public async Task File_WithTrouble_HasJustWhatWasAcknowledged(string trouble, int rounds) =>
        (await ShortForm.Run(new FilesCheck(), rounds, trouble))[$"rounds of {trouble}"].Should().Be(rounds);
}
