namespace BuildData.Tests;

/// <summary>Every test has a time limit: those of this assembly, and those of contracts wherever they run.</summary>
internal sealed class TimeLimitTests
{
    [Test]
    public void Test_ThatRuns_HasATimeLimit() =>
        TestContext.CurrentContext.Test.Properties.Get(TimeLimitAttribute.Property).Should().BeOfType<double>().Which.Should().BePositive();

    [Test]
    public void Contracts_InAnyAssembly_HaveATimeLimit() => typeof(StoreTests).Should().BeDecoratedWith<TimeLimitAttribute>(limit => limit.Minutes > 0);
}
