namespace BuildData.Tests;

/// <summary>A watch that has to wait for the writer, inside of a transaction that has it.</summary>
internal sealed class WatchInTransactionTests() : MasterTests(StoreKinds.Sqlite)
{
    [Test]
    public async Task Watch_WithProperties_IsRefusedRatherThanWaitingForItself() =>
        await Updates.Transaction(async _ =>
            await Data.Awaiting(data => data.Watch<Build>("/builds?property=*").WaitAsync(TimeSpan.FromSeconds(30)))
                .Should().ThrowAsync<InvalidOperationException>());

    [TestCase("/builds?property=*")]
    [TestCase("/builds?property.rev=9f")]
    public async Task Watch_OfSeveralPathsWithProperties_IsRefusedRatherThanWaitingForItself(string path) =>
        await Updates.Transaction(async _ =>
            await Data.Awaiting(data => data.Watch(["/steps", path]).WaitAsync(TimeSpan.FromSeconds(30)))
                .Should().ThrowAsync<InvalidOperationException>());

    [Test]
    public async Task Watch_OfSeveralPathsWithoutProperties_GetsTheChangesOfTheTransaction()
    {
        CombinedWatch? watch = null;

        await Updates.Transaction(async u =>
        {
            await u.FindBuilderId("early");
            watch = await Data.Watch(["/builders", "/builders/late"]);
            await u.FindBuilderId("late");
        });
        await watch!.DisposeAsync();

        var seen = new List<(int, string)>();
        await foreach (CombinedWatchChange change in watch)
            seen.Add((change.PathIndex, ((Builder)change.Resource).Name));
        watch.InitialResults[0].Total.Should().Be(0, "the transaction was not committed");
        seen.Should().Equal((0, "early"), (0, "late"), (1, "late"));
    }

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
