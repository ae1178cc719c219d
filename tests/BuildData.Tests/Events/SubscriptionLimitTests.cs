namespace BuildData.Tests;

/// <summary>The lists of a subscription can be as long as documented. Longer ones are refused.</summary>
internal sealed class SubscriptionLimitTests() : SqliteMasterTests
{
    [Test]
    public async Task Subscribe_Patterns_AreLimited()
    {
        string[] patterns = [.. Enumerable.Range(1, 1_025).Select(i => $"/builds/{i}")];

        await Data.Events.Subscribe(patterns[..1_024]).DisposeAsync();

        Data.Events.Invoking(events => events.Subscribe(patterns)).Should().Throw<ArgumentException>().WithMessage("*1024 patterns*");
    }

    [Test]
    public async Task Subscribe_EventNames_AreLimited()
    {
        string[] names = [.. Enumerable.Repeat("new", 65)];

        await Data.Events.Subscribe("/builds/*", names[..64]).DisposeAsync();

        Data.Events.Invoking(events => events.Subscribe("/builds/*", names)).Should().Throw<ArgumentException>().WithMessage("*64 event names*");
    }

    [Test]
    public async Task Subscribe_PropertiesOfAPattern_AreLimited()
    {
        await Data.Events.Subscribe("/builds/*?" + Properties(0, 1_024)).DisposeAsync();

        Data.Events.Invoking(events => events.Subscribe("/builds/*?" + Properties(0, 1_025)))
            .Should().Throw<InvalidQueryException>().Which.Parameter.Should().Be("property");
    }

    [Test]
    public async Task Subscribe_PropertiesOfAllPatterns_AreLimited()
    {
        string first = "/builds/1?" + Properties(0, 1_000);

        await Data.Events.Subscribe([first, "/builds/2?" + Properties(500, 524)]).DisposeAsync();

        Data.Events.Invoking(events => events.Subscribe([first, "/builds/2?" + Properties(500, 525)]))
            .Should().Throw<InvalidQueryException>().Which.Parameter.Should().Be("property");
    }

    [Test]
    public void Subscribe_QueryStringThatIsTooLong_IsRefused() =>
        Data.Events.Invoking(events => events.Subscribe("/builds/*?property=" + new string('x', 1_048_576))).Should().Throw<InvalidQueryException>();

    private static string Properties(int first, int count) =>
        string.Join('&', Enumerable.Range(first, count).Select(i => $"property=p{i}"));
}
