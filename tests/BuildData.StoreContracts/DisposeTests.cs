namespace BuildData.StoreContracts;

public abstract class DisposeTests(StoreKind kind) : StoreTests(kind)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

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
    public async Task Dispose_TransactionWantsToRead_LetsItAndWaitsForItsEnd()
    {
        Master master = await Store.Open();
        long builder = await master.Data.Updates.FindBuilderId("linux");
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<string> transaction = master.Data.Updates.Transaction(async u =>
        {
            begun.SetResult();
            await goOn.Task;
            Builder? read = await master.Data.Get<Builder>($"/builders/{builder}");
            await u.FindBuilderId("made_while_closing");
            return read!.Name;
        });
        await begun.Task;

        Task closing = master.DisposeAsync().AsTask();
        goOn.SetResult();

        (await transaction.WaitAsync(Patience)).Should().Be("linux");
        await closing.WaitAsync(Patience);
        await using Master again = await Store.Open();
        (await again.Data.GetAll<Builder>("/builders")).Select(one => one.Name).Should().Equal("linux", "made_while_closing");
    }

    [Test]
    public async Task Dispose_TransactionIsUnderWay_RefusesWhatIsNew()
    {
        Master master = await Store.Open();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task transaction = master.Data.Updates.Transaction(async _ =>
        {
            begun.SetResult();
            await goOn.Task;
        });
        await begun.Task;

        Task closing = master.DisposeAsync().AsTask();

        await master.Awaiting(m => m.Data.Updates.FindBuilderId("late").WaitAsync(Patience)).Should().ThrowAsync<ObjectDisposedException>();
        await master.Awaiting(m => m.Data.Updates.Transaction(_ => Task.CompletedTask).WaitAsync(Patience)).Should().ThrowAsync<ObjectDisposedException>();
        goOn.SetResult();
        await transaction.WaitAsync(Patience);
        await closing.WaitAsync(Patience);
    }

    [Test]
    public async Task Dispose_CalledByATransaction_IsRefused()
    {
        await using Master master = await Store.Open();

        await master.Awaiting(m => m.Data.Updates.Transaction(_ => m.DisposeAsync().AsTask()).WaitAsync(Patience))
            .Should().ThrowAsync<InvalidOperationException>();

        (await master.Data.Updates.FindBuilderId("still here")).Should().Be(1);
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
