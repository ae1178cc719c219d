namespace BuildData.Tests;

/// <summary>A watch that has to wait for the writer, inside of a transaction that has it.</summary>
internal sealed class WatchInTransactionTests() : MasterTests(StoreKinds.Sqlite)
{
    [Test]
    public async Task Watch_WithProperties_IsRefusedRatherThanWaitingForItself() =>
        await Updates.Transaction(async _ =>
            await Data.Awaiting(data => data.Watch<Build>("/builds?property=*").WaitAsync(TimeSpan.FromSeconds(30)))
                .Should().ThrowAsync<InvalidOperationException>());

    [Test]
    public async Task Subscribe_WithPropertiesWhileATransactionIsOpen_GetsItsEventsWithThem()
    {
        long buildId = await Updates.Build();
        Subscription? builds = null;

        await Updates.Transaction(async u =>
        {
            await u.SetBuildProperty(buildId, "rev", ("9f", "Git"));
            builds = Data.Events.Subscribe("/builds/*?property=*");
            await u.FinishBuild(buildId, BuildResult.Success);
        });

        ((Build)(await builds!.Next(1)).Single().Resource).Properties.Should().ContainKey("rev");
    }
}
