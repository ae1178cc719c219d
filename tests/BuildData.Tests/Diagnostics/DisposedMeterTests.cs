namespace BuildData.Tests;

/// <summary>A container keeps its meters for longer than a master may be there.</summary>
internal abstract class DisposedMeterTests(StoreKind store) : StoreTests(store)
{
    [TestCase("builddata.subscribers")]
    [TestCase("builddata.subscriber.lag")]
    [TestCase("builddata.queue.depth")]
    public async Task Meter_OfAMasterThatIsDisposed_ObservesItNoMore(string instrument)
    {
        using var measured = new Measured();
        Master master = await Store.Open(options => options.MeterFactory = measured);
        Subscription unread = master.Data.Events.Subscribe("/steps/*");
        measured.Take(instrument).Should().ContainSingle();

        await master.DisposeAsync();

        measured.Take(instrument).Should().BeEmpty();
        (await unread.Rest()).Should().BeEmpty();
    }
}
