namespace BuildData.StoreContracts;

/// <summary>A container may keep its meters for longer than a master is open.</summary>
public abstract class DisposedMeterTests(StoreKind kind) : StoreTests(kind)
{
    [TestCase("builddata.subscribers")]
    [TestCase("builddata.subscriber.lag")]
    [TestCase("builddata.queue.depth")]
    public async Task Meter_OfAMasterThatIsDisposed_ObservesItNoMore(string instrument)
    {
        using var meters = new TestMeters();
        Master master = await Store.Open(options => options.MeterFactory = meters.Factory);
        Subscription unread = master.Data.Events.Subscribe("/steps/*");
        meters.Observe<int>(instrument).Should().ContainSingle();

        await master.DisposeAsync();

        meters.Observe<int>(instrument).Should().BeEmpty();
        (await unread.Rest()).Should().BeEmpty();
    }
}
