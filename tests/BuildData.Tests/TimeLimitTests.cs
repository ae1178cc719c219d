namespace BuildData.Tests;

internal sealed class TimeLimitTests
{
    [Test]
    public void Test_ThatRuns_HasATimeLimit() => TimeLimitAttribute.Running.Should().BePositive();
}
