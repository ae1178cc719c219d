namespace BuildData.Tests;

internal sealed class BuildResultTests
{
    private static readonly BuildResult[] FromWorst =
    [
        BuildResult.Cancelled, BuildResult.Retry, BuildResult.Exception, BuildResult.Failure,
        BuildResult.Warnings, BuildResult.Success, BuildResult.Skipped,
    ];

    [Test]
    public void Worst_OfAnyTwo_IsTheOneThatComesFirstFromWorst([ValueSource(nameof(FromWorst))] BuildResult a, [ValueSource(nameof(FromWorst))] BuildResult b) =>
        a.Worst(b).Should().Be(FromWorst.First(result => result == a || result == b));

    [Test]
    public void Worst_OfNoResultCode_Fails() =>
        FluentActions.Invoking(() => ((BuildResult)9).Worst(BuildResult.Success)).Should().Throw<ArgumentOutOfRangeException>();
}
