namespace BuildData.Tests;

/// <summary>The last event where several masters write, and report that they are there.</summary>
internal sealed class LastSequenceOfMastersTests() : StoreTests(StoreKinds.PostgreSql)
{
    private new PostgreSqlTestStore Store => (PostgreSqlTestStore)base.Store;

    [Test]
    public async Task Subscribe_ReadUntilLastSequenceAfterHeartbeats_Ends()
    {
        await using Master master = await Open("beats", TimeSpan.FromMilliseconds(50));
        await master.Data.Updates.Step();
        long written = await Store.Scalar<long>("SELECT last_active FROM masters");
        await Store.Until($"SELECT last_active > {written} + 200000 FROM masters", true);
        long last = master.Data.Events.LastSequence;

        await using Subscription steps = master.Data.Events.Subscribe("/steps/*", after: 0);

        (await steps.UpTo(last)).Single().Sequence.Should().Be(last);
    }

    [Test]
    public async Task Heartbeat_OfAnActiveMaster_IsNotAnEvent()
    {
        await using Master master = await Open("beats", TimeSpan.FromMilliseconds(50));
        long position = await Store.Scalar<long>("SELECT position FROM event_log");
        long written = await Store.Scalar<long>("SELECT last_active FROM masters");

        await Store.Until($"SELECT last_active > {written} + 200000 FROM masters", true);

        (await Store.Scalar<long>("SELECT position FROM event_log")).Should().Be(position);
    }

    [Test]
    public async Task Heartbeat_OfAMasterThatWasTakenForDead_IsAnnounced()
    {
        await using Master looks = await Open("looks");
        await using Master beats = await Open("beats", TimeSpan.FromMilliseconds(50));
        await using Watch<MasterInfo> watch = await looks.Data.Watch<MasterInfo>("/masters?name=beats");

        await Store.Scalar<int?>("UPDATE masters SET active = 0 WHERE name = 'beats'");

        (await watch.Next(1)).Single().Resource.Active.Should().BeTrue();
    }

    [Test]
    public async Task LastSequence_NobodySubscribesHere_FollowsTheOtherMasters()
    {
        await using Master writes = await Open("writes");
        await using Master looks = await Open("looks");
        await writes.Data.Updates.Step();
        long last = writes.Data.Events.LastSequence;

        await writes.Data.Updates.EventsForWatches();

        await Until(() => looks.Events.Dispatcher.LastPublishedSequence > last && looks.Data.Events.LastSequence >= last);
        looks.Data.Events.LastCursor.Should().Be(writes.Data.Events.LastCursor);
    }

    [Test]
    public async Task GetVersion_NobodySubscribesHere_FollowsTheOtherMasters()
    {
        await using Master writes = await Open("writes");
        await using Master looks = await Open("looks");
        await Until(() => looks.Events.Dispatcher.LastPublishedSequence == writes.Events.Dispatcher.LastPublishedSequence);
        string? before = await looks.Data.GetVersion();

        await writes.Data.Updates.Step();

        await Until(() => looks.Events.Dispatcher.LastPublishedSequence == writes.Events.Dispatcher.LastPublishedSequence);
        (await looks.Data.GetVersion()).Should().NotBe(before).And.NotBe(await writes.Data.GetVersion());
    }

    [Test]
    public async Task LastSequence_MastersWriteAndNobodySubscribes_CountsAnAwaitedUpdateSoon()
    {
        await using Master first = await Open("first");
        await using Master second = await Open("second");

        await Task.WhenAll(new[] { first, second }.Select(async master =>
        {
            long stepId = await master.Data.Updates.Step();
            for (int i = 0; i < 20; i++)
            {
                long before = master.Data.Events.LastSequence;
                await master.Data.Updates.SetStepStateString(stepId, $"{i}");

                // The other master's commit, which has the number before it, may still be under way.
                await Until(() => master.Data.Events.LastSequence > before);
            }
        }));
    }

    private static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Given.Patience);
        while (!condition())
            await Task.Delay(10, patience.Token);
    }

    private Task<Master> Open(string name, TimeSpan? heartbeat = null) => Store.Open(options =>
    {
        options.MasterName = name;
        options.Heartbeat = heartbeat ?? options.Heartbeat;
        options.KeepEvents(TimeSpan.FromHours(1));
    });
}
