using BuildData.Resources.Steps;

namespace BuildData.Tests;

internal sealed class StepNamesTests
{
    [Test]
    public void MaxCached_IsTheNumberThatTheContractExceeds() => ManyStepsTests.MaxCached.Should().Be(StepNames.MaxCached);
}
