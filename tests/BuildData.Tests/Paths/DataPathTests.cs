namespace BuildData.Tests;

internal sealed class DataPathTests
{
    [Test]
    public void Interpolated_Names_AreEncodedAsOneSegment()
    {
        string name = "mac/os x?&=#%é";

        Text($"/builders/{name}/builds/{7L}").Should().Be("/builders/mac%2Fos%20x%3F%26%3D%23%25%C3%A9/builds/7");
    }

    [Test]
    public void Interpolated_QueryValues_CannotAddParameters() =>
        Text($"/buildsets?reason={"a&limit=0"}").Should().Be("/buildsets?reason=a%26limit%3D0");

    [Test]
    public void Interpolated_TypedValues_TakeTheirWireForm() =>
        Text($"/x?a={BuildResult.Exception}&b={true}&c={DateTimeOffset.FromUnixTimeMilliseconds(1_500)}&d={-2}")
            .Should().Be("/x?a=4&b=true&c=1&d=%2D2");

    [Test]
    public void Interpolated_References_StandAsTheySay()
    {
        BuilderRef builder = "mac/os x";
        WorkerRef worker = 7;

        Text($"/builders/{builder}/builds").Should().Be("/builders/mac%2Fos%20x/builds");
        Text($"/workers/{worker}").Should().Be("/workers/7");
        FluentActions.Invoking(() => Text($"/builds/{new BuildRef(builder, 1)}")).Should().Throw<ArgumentException>();
    }

    [Test]
    public void Interpolated_DateTime_MustBeInUtc()
    {
        Text($"/steps?started_at={DateTime.UnixEpoch.AddSeconds(5)}").Should().Be("/steps?started_at=5");
        FluentActions.Invoking(() => Text($"/steps?started_at={new DateTime(2026, 1, 1)}")).Should().Throw<ArgumentException>();
    }

    [Test]
    public void Interpolated_Null_FailsBeforeAnythingIsAsked()
    {
        string? name = null;
        Action make = () => Text($"/builders/{name}");

        make.Should().Throw<ArgumentNullException>();
    }

    [Test]
    public void Interpolated_HalfASurrogatePair_Fails()
    {
        Action make = () => Text($"/builders/{"a\ud800"}");

        make.Should().Throw<ArgumentException>().WithMessage("*surrogate*");
    }

    [Test]
    public void String_IsTakenAsItStands() => Text("/builders/a%20b").Should().Be("/builders/a%20b");

    private static string Text(DataPath path) => path.ToString();
}
