using BuildData.Resources.Steps;

namespace BuildData.Tests;

internal sealed class StepNamesTests
{
    [Test]
    public void MostHeld_IsTheNumberThatTheContractExceeds() => ManyStepsTests.MostHeld.Should().Be(StepNames.MostHeld);
}
