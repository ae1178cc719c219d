namespace BuildData.Tests;

/// <summary>Another process takes over the name of a master whose writing connections still work.</summary>
internal sealed class LostNameTests : ProxyTests
{
    private Master _second = null!;
    private long _step;

    [SetUp]
    public async Task LoseName()
    {
        _step = await Updates.Step();
        await Proxy.Refuse();
        await Store.EndListener();
        _second = await Store.Open();
    }

    [TearDown]
    public async Task CloseSecond()
    {
        // There is none if it could not be opened.
        if (_second is not null)
            await _second.DisposeAsync();
        Proxy?.Admit();
    }

    [Test]
    public async Task Update_OfTheFirst_FailsAndWritesNothing()
    {
        await Updates.Awaiting(u => u.SetStepStateString(_step, "first")).Should().ThrowAsync<StoreException>()
            .WithMessage("Another process has become this master*");

        (await _second.Data.Get<Step>($"/steps/{_step}"))!.StateString.Should().Be("pending");
    }

    [Test]
    public async Task Update_OfTheSecond_Works()
    {
        await _second.Data.Updates.SetStepStateString(_step, "second");

        (await _second.Data.Get<Step>($"/steps/{_step}"))!.StateString.Should().Be("second");
    }
}
