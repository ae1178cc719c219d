namespace BuildData.Tests;

internal abstract class DisposeTests(StoreKind store) : StoreTests(store)
{
    [Test]
    public async Task Dispose_UpdatesUnderWay_FinishesTheAcceptedAndRefusesTheLater()
    {
        Master master = await Store.Open();
        long buildId = await master.Data.Updates.Build();
        int acknowledged = 0;
        int refused = 0;
        Task[] callers = [.. Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    await master.Data.Updates.NewStep(buildId, "s");
                    Interlocked.Increment(ref acknowledged);
                }
            }
            catch (ObjectDisposedException)
            {
                Interlocked.Increment(ref refused);
            }
        }))];
        Subscription first = master.Data.Events.Subscribe("/steps/*");
        await first.Next(1);

        await master.DisposeAsync();

        await Task.WhenAll(callers).WaitAsync(TimeSpan.FromSeconds(30));
        refused.Should().Be(16);
        await using Master again = await Store.Open();
        (await again.Data.Count<Step>("/steps")).Should().Be(acknowledged);
    }

    [Test]
    public async Task Dispose_Master_IsNoLongerActive()
    {
        await (await Store.Open(options => options.MasterName = "first")).DisposeAsync();

        await using Master second = await Store.Open(options => options.MasterName = "second");

        (await second.Data.GetAll<MasterInfo>("/masters")).Select(info => (info.Name, info.Active)).Should().Equal(("first", false), ("second", true));
    }

    [Test]
    public async Task Use_AfterDispose_IsRefused()
    {
        Master master = await Store.Open();
        await master.DisposeAsync();
        await master.DisposeAsync();

        await master.Awaiting(m => m.Data.Updates.FindBuilderId("x")).Should().ThrowAsync<ObjectDisposedException>();
        await master.Awaiting(m => m.Data.Get<Step>("/steps/1")).Should().ThrowAsync<ObjectDisposedException>();
        await master.Awaiting(m => m.Open()).Should().ThrowAsync<ObjectDisposedException>();
    }
}
