namespace BuildData.StoreContracts;

public abstract class CancellationTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task Update_TokenIsCancelledBefore_IsCancelledAndWritesNothing()
    {
        await Updates.Awaiting(updates => updates.FindBuilderId("linux", new CancellationToken(canceled: true)))
            .Should().ThrowAsync<OperationCanceledException>();

        (await Data.GetAll<Builder>("/builders")).Should().BeEmpty();
    }

    [Test]
    public async Task Update_CancelledWhileItWaits_IsCancelledAndWritesNothing()
    {
        long buildId = await Updates.Build();
        using var cancel = new CancellationTokenSource();
        using BlockedUpdate first = await BlockedUpdate.Start(Clock, () => Updates.SetBuildStateString(buildId, "first"));

        Task second = Updates.SetBuildStateString(buildId, "second", cancel.Token);
        await cancel.CancelAsync();
        first.Release();

        await second.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
        await first.Completion;
        (await Data.Get<Build>($"/builds/{buildId}"))!.StateString.Should().Be("first");
    }

    [Test]
    public async Task Updates_CancelledAnywhere_HappenedWholeOrNotAtAll()
    {
        long buildId = await Updates.Build();
        bool[] made = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => Task.Run(async () =>
        {
            using var cancel = new CancellationTokenSource();
            Task<AddedStep> step = Updates.NewStep(buildId, "s", cancel.Token);
            if (i % 2 == 0)
                await cancel.CancelAsync();
            try
            {
                await step;
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        })));

        (await Data.Count<Step>("/steps")).Should().Be(made.Count(one => one));
        made.Where((_, i) => i % 2 == 1).Should().AllBeEquivalentTo(true);
    }
}
