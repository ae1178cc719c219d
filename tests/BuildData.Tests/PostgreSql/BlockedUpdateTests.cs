namespace BuildData.Tests;

/// <summary>Updates that wait for a row which a transaction of the host holds, and those behind them.</summary>
internal sealed class BlockedUpdateTests() : MasterTests(StoreKinds.PostgreSql)
{
    [Test]
    public async Task Transaction_HoldsARow_UpdatesOfOtherRowsOfTheSameMasterGoOn()
    {
        long held = await Updates.Build();
        long free = await Updates.Build("other");
        var blocked = new List<Task>();

        await Updates.Transaction(async u =>
        {
            await u.SetBuildStateString(held, "held");
            using (ExecutionContext.SuppressFlow())
            {
                blocked.Add(Task.Run(() => Updates.SetBuildStateString(held, "after")));
                blocked.Add(Task.Run(() => Updates.NewStep(held, "after")));
            }

            // They wait for the end of this; others must not.
            for (int i = 0; i < 20; i++)
            {
                Task going;
                using (ExecutionContext.SuppressFlow())
                    going = Task.Run(() => Updates.NewStep(free, "s"));
                await going.WaitAsync(TimeSpan.FromSeconds(30));
            }

            blocked.Should().OnlyContain(task => !task.IsCompleted);
        });

        await Task.WhenAll(blocked).WaitAsync(TimeSpan.FromSeconds(30));
        (await Data.Get<Build>($"/builds/{held}"))!.StateString.Should().Be("after");
        (await Data.Count<Step>($"/builds/{free}/steps")).Should().Be(20);
    }

    [Test]
    public async Task Dispose_WhileATransactionIsOpen_WaitsForItsEnd()
    {
        long buildId = await Updates.Build();
        var begun = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        Task transaction = Updates.Transaction(async u =>
        {
            begun.SetResult();
            await goOn.Task;
            await u.FinishBuild(buildId, BuildResult.Success);
        });
        await begun.Task;

        Task disposing = Master.DisposeAsync().AsTask();
        disposing.IsCompleted.Should().BeFalse();
        goOn.SetResult();

        await transaction;
        await disposing;
        await using Master again = await Store.Open();
        (await again.Data.Get<Build>($"/builds/{buildId}"))!.Complete.Should().BeTrue();
    }
}
