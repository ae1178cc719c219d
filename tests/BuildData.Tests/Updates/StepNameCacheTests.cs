using BuildData.Resources.Steps;

namespace BuildData.Tests;

internal sealed class StepNameCacheTests
{
    [Test]
    public void MaxCached_IsTheNumberThatTheContractExceeds() => ManyStepsTests.MaxCached.Should().Be(StepNameCache.MaxCached);
}
