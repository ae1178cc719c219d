using BuildData.Updating;

namespace BuildData.Tests;

internal sealed class ArgumentChecksTests
{
    [Test]
    public void Result_NoResultCode_IsRefused()
    {
        FluentActions.Invoking(() => ArgumentChecks.Result((BuildResult)99, "results")).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("results");
        FluentActions.Invoking(() => ArgumentChecks.Result(BuildResult.Success, "results")).Should().NotThrow();
    }

    [TestCase("")]
    [TestCase(null)]
    public void NotEmpty_NoText_IsRefused(string? text) =>
        FluentActions.Invoking(() => ArgumentChecks.NotEmpty(text!, "name")).Should().Throw<ArgumentException>().WithParameterName("name");

    [Test]
    public void NotEmpty_HalfOfACharacter_IsRefused() =>
        FluentActions.Invoking(() => ArgumentChecks.NotEmpty("\ud800", "name")).Should().Throw<ArgumentException>().WithParameterName("name");

    [Test]
    public void NotEmpty_OneCharacter_IsAccepted() => FluentActions.Invoking(() => ArgumentChecks.NotEmpty("x", "name")).Should().NotThrow();

    [Test]
    public void DistinctIds_SomeAreRepeated_ReturnsEachOnceInTheirOrder()
    {
        ArgumentChecks.DistinctIds([3, 1, 3, 2, 1], "ids").Should().Equal(3, 1, 2);
        ArgumentChecks.DistinctIds([3, 3], "ids").Should().Equal(3);
        ArgumentChecks.DistinctIds([], "ids").Should().BeEmpty();
    }

    [Test]
    public void DistinctIds_CollectionChangesLater_StaysTheSame([Values(1, 2)] int count)
    {
        long[] ids = [.. Enumerable.Range(1, count).Select(i => (long)i)];
        long[] distinct = ArgumentChecks.DistinctIds(ids, "ids");

        ids[0] = 9;

        distinct[0].Should().Be(1);
    }

    [Test]
    public void DistinctIds_NoCollection_IsRefused() =>
        FluentActions.Invoking(() => ArgumentChecks.DistinctIds(null!, "ids")).Should().Throw<ArgumentNullException>().WithParameterName("ids");
}
