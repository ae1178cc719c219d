using Dapper;
using Npgsql;

namespace BuildData.Tests;

/// <summary>Events are published in the order of their tickets, although commits become visible in another order.</summary>
internal sealed class TicketTests() : MasterTests(StoreKinds.PostgreSql)
{
    private long _step;

    private PostgreSqlTestStore Database => (PostgreSqlTestStore)Store;

    [SetUp]
    public async Task AddStep()
    {
        _step = await Updates.Step();
        await Updates.SetStepStateString(_step, "first");
    }

    [Test]
    public async Task Update_TicketBeforeItIsNeverUsed_IsAnnounced()
    {
        Subscription steps = Data.Events.Subscribe("/steps/*", "updated");
        await Database.Scalar<long>("SELECT nextval('event_tickets')");

        await Updates.SetStepStateString(_step, "second");

        (await States(steps, 1)).Should().Equal("second");
    }

    [Test]
    public async Task Update_TransactionWithTheTicketBeforeItIsUndone_IsAnnounced()
    {
        Subscription steps = Data.Events.Subscribe("/steps/*", "updated");
        Task update;
        await using (await Begin())
        {
            update = Updates.SetStepStateString(_step, "second");
            await Committed("second");
            update.IsCompleted.Should().BeFalse();
        }

        await update;
        (await States(steps, 1)).Should().Equal("second");
    }

    [Test]
    public async Task Update_TicketBeforeItIsCommittedLater_IsAnnouncedAfterThat()
    {
        Subscription steps = Data.Events.Subscribe("/steps/*", "updated");
        await using NpgsqlConnection other = await Begin();
        Task update = Updates.SetStepStateString(_step, "second");
        await Committed("second");

        await other.ExecuteAsync("COMMIT");

        await update;
        (await States(steps, 2)).Should().Equal("drawn", "second");
    }

    [Test]
    public async Task Subscribe_AfterAnUpdateThatIsPublishedLater_GetsWhatIsCommittedAfterwards()
    {
        await using NpgsqlConnection other = await Begin();
        await Updates.SetStepStateString(_step, "second");
        Subscription steps = Data.Events.Subscribe("/steps/*", "updated");

        await other.ExecuteAsync("COMMIT");
        await Updates.SetStepStateString(_step, "third");

        (await States(steps, 2)).Should().Equal("drawn", "third");
    }

    [Test]
    public async Task Watch_AnswerIncludesAnUpdateThatIsPublishedLater_DoesNotRepeatIt()
    {
        await using NpgsqlConnection other = await Begin();
        await Updates.SetStepStateString(_step, "second");
        Watch<Step> watch = await Data.Watch<Step>($"/steps/{_step}");
        await other.ExecuteAsync("COMMIT");
        await Updates.SetStepStateString(_step, "third");

        var seen = new List<string>();
        await foreach (WatchChange<Step> change in watch)
        {
            seen.Add(change.Resource.StateString);
            if (seen.Count == 2)
                break;
        }

        watch.InitialResult.Single().StateString.Should().Be("second");
        seen.Should().Equal("drawn", "third");
    }

    [Test]
    public async Task GetVersion_AfterAnUpdateThatIsPublishedLater_IsNewEachTime()
    {
        var versions = new List<string?> { await Data.GetVersion() };
        await using (await Begin())
        {
            // Nobody subscribes, so the update does not wait for the transaction before it. Its change is visible.
            await Updates.SetStepStateString(_step, "second");
            versions.Add(await Data.GetVersion());
            await Updates.SetStepStateString(_step, "third");
            versions.Add(await Data.GetVersion());
        }

        versions.Should().OnlyHaveUniqueItems();
    }

    [Test]
    public async Task Watch_SeveralPathsIncludeAnUpdateThatIsPublishedLater_DoesNotRepeatIt()
    {
        await using NpgsqlConnection other = await Begin();
        await Updates.SetStepStateString(_step, "second");
        CombinedWatch watch = await Data.Watch([$"/steps/{_step}", "/steps"]);
        await other.ExecuteAsync("COMMIT");
        await Updates.SetStepStateString(_step, "third");

        var seen = new List<(int, string)>();
        await foreach (CombinedWatchChange change in watch)
        {
            seen.Add((change.PathIndex, ((Step)change.Resource).StateString));
            if (seen.Count == 4)
                break;
        }

        ((Step)watch.InitialResults[0].Value!).StateString.Should().Be("second");
        seen.Should().Equal((0, "drawn"), (1, "drawn"), (0, "third"), (1, "third"));
    }

    [Test]
    public async Task AddBuildset_HasMoreEventsThanATicket_AnnouncesEachOnceInOrder()
    {
        const int Builders = 1100;
        long[] builders = await Task.WhenAll(Enumerable.Range(0, Builders).Select(i => Updates.FindBuilderId($"builder {i}")));
        Subscription requests = Data.Events.Subscribe("/buildrequests/*", "new");

        AddedBuildset added = await Updates.AddBuildset(builderIds: builders);

        List<DataEvent> events = await requests.Next(Builders);
        events.Select(e => e.Sequence).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        events.Select(e => ((BuildRequest)e.Resource).BuildRequestId).Should().BeEquivalentTo(added.BuildRequestIds.Values);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Update_AnotherProcessHasBecomeThisMaster_FailsAndWritesNothing(bool isInTransaction)
    {
        await Database.Scalar<int?>("UPDATE masters SET epoch = epoch + 1");

        await Updates.Awaiting(u => isInTransaction ? u.Transaction(inner => inner.SetStepStateString(_step, "second")) : u.SetStepStateString(_step, "second"))
            .Should().ThrowAsync<StoreException>().WithMessage("Another process has become this master*");

        (await Data.Get<Step>($"/steps/{_step}"))!.StateString.Should().Be("first");
        await Database.Scalar<int?>("UPDATE masters SET epoch = epoch - 1");
    }

    [Test]
    public async Task FindBuilderId_ManyCallersOfAKnownName_TakeNoIds()
    {
        long known = await Updates.FindBuilderId("known");
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Updates.FindBuilderId("known")));

        long next = await Updates.FindBuilderId("next");

        next.Should().Be(known + 1);
    }

    private Task<NpgsqlConnection> Begin() => UnfinishedUpdate.Start(Database);

    private Task Committed(string state) =>
        Database.Until($"SELECT count(*) FROM steps WHERE state_string = '{state}'", 1L);

    private static async Task<List<string>> States(Subscription steps, int count) =>
        [.. (await steps.Next(count)).Select(e => ((Step)e.Resource).StateString)];
}
