namespace BuildData.Tests;

internal sealed class ScenarioFilesTests
{
    [Test]
    public void Own_OfTheProject_AreAllThere() => ScenarioFiles.Own.Should().HaveCount(85);
}
