using BuildData.Diagnostics;
using BuildData.Events;
using BuildData.PostgreSql.Events;
using BuildData.Resources;
using BuildData.Resources.Builders;
using BuildData.Resources.Masters;
using BuildData.Stores;

namespace BuildData.Tests;

/// <summary>
/// The events of this process and of others are published once and in order, whatever is known first. The database can lose commits whose
/// events this process has not published yet.
/// </summary>
internal sealed class OrderedEventPublisherTests
{
    private OrderedEventPublisher _publisher = null!;
    private Subscription _builders = null!;

    [SetUp]
    public void StartAfterTicket1()
    {
        var options = new BuildDataOptions();
        var telemetry = new Telemetry(options.LoggerFactory, options.MeterFactory, options.MasterName);
        var hub = new EventHub(
            ResourceTypes.Catalog, telemetry, options.SubscriberBuffer, readOnlyStore: null, new LastPublicEventCursorTracker((_, _) => throw new NotSupportedException(), _ => { }));
        _publisher = new OrderedEventPublisher(new StoreContext(options, hub, telemetry, MasterTable.CreateHeartbeatUpdate), "test");
        _publisher.StartAfter(new EventIdentity(1024, 1));
        _builders = hub.Subscribe("/builders/*", "new");
    }

    [TearDown]
    public async Task EndSubscription() => await _builders.DisposeAsync();

    [Test]
    public void PublishPage_ACommitOfThisProcessIsNotThere_ReleasesItsUpdateAndNeverPublishesIt()
    {
        _publisher.TryPublishCommitted(Events("lost", at: 5), [9]).Should().BeFalse();
        Task waiting = _publisher.WaitUntilPublished(9);
        PublishingState before = _publisher.State;

        bool isMissing = _publisher.PublishPage(Page(highestDrawnTicket: 3, Stored(3, "kept", at: 6)), before);

        isMissing.Should().BeFalse();
        waiting.IsCompletedSuccessfully.Should().BeTrue();
        Names().Should().Equal("kept");
    }

    [Test]
    public void PublishPage_ACommitThatEndedAfterThePageWasReadIsNotThere_IsPublishedLater()
    {
        PublishingState before = _publisher.State;
        _publisher.TryPublishCommitted(Events("own", at: 5), [3]).Should().BeFalse();

        _publisher.PublishPage(Page(highestDrawnTicket: 1), before);
        _publisher.PublishPage(Page(highestDrawnTicket: 3, Stored(3, "own", at: 5)), _publisher.State);

        Names().Should().Equal("own");
    }

    [Test]
    public void PublishPage_AnotherTransactionHasTheTicketOfALostCommit_PublishesTheEventsOfThePage()
    {
        _publisher.TryPublishCommitted(Events("lost", at: 5), [3]).Should().BeFalse();
        Task waiting = _publisher.WaitUntilPublished(3);

        _publisher.PublishPage(Page(highestDrawnTicket: 3, Stored(3, "kept", at: 6)), _publisher.State);

        waiting.IsCompletedSuccessfully.Should().BeTrue();
        Names().Should().Equal("kept");
    }

    [Test]
    public void TryPublishCommitted_NextTicket_IsPublishedAtOnce()
    {
        _publisher.TryPublishCommitted(Events("own", at: 5), [2]).Should().BeTrue();

        Names().Should().Equal("own");
    }

    [Test]
    public void TryPublishCommitted_APageHasContainedItsEvents_PublishesThemOnce()
    {
        _publisher.PublishPage(Page(highestDrawnTicket: 2, Stored(2, "own", at: 5)), _publisher.State);

        _publisher.TryPublishCommitted(Events("own", at: 5), [2]).Should().BeTrue();

        Names().Should().Equal("own");
        _publisher.WaitUntilPublished(2).IsCompletedSuccessfully.Should().BeTrue();
    }

    [Test]
    public async Task TryPublishCommitted_NobodySubscribes_NeedNotWaitForEarlierTickets()
    {
        await _builders.DisposeAsync();

        _publisher.TryPublishCommitted(Events("own", at: 5), [3]).Should().BeTrue();
    }

    [Test]
    public void PublishPage_NextTicketInOrder_IsPublishedWhileOthersWrite()
    {
        EventPage page = Page(highestDrawnTicket: 0, Stored(2, "other", at: 6)) with { RunningWriterTransactions = ["7"] };

        _publisher.PublishPage(page, _publisher.State).Should().BeFalse();

        Names().Should().Equal("other");
    }

    [Test]
    public void PublishPage_AnEarlierTransactionRuns_WaitsForItsEnd()
    {
        EventPage page = Page(highestDrawnTicket: 3, Stored(3, "later", at: 6)) with { RunningWriterTransactions = ["7"] };

        _publisher.PublishPage(page, _publisher.State).Should().BeTrue();

        Names().Should().BeEmpty();
        _publisher.State.IsWaitingForEarlierTicket.Should().BeTrue();
    }

    [Test]
    public void PublishPage_TheEarlierTransactionHasEnded_WaitsForNothing()
    {
        EventPage page = Page(highestDrawnTicket: 3, Stored(3, "later", at: 6));
        _publisher.PublishPage(page with { RunningWriterTransactions = ["7"] }, _publisher.State);

        _publisher.PublishPage(page, _publisher.State).Should().BeFalse();

        Names().Should().Equal("later");
        _publisher.State.IsWaitingForEarlierTicket.Should().BeFalse();
    }

    [Test]
    public void PublishPage_ItContainsTheTicketBeforeOneOfThisProcess_PublishesBothAndReleasesTheUpdate()
    {
        PublishingState before = _publisher.State;
        _publisher.TryPublishCommitted(Events("own", at: 5), [3]);
        Task[] waiting = [_publisher.WaitUntilPublished(3), _publisher.WaitUntilPublished(3)];

        _publisher.PublishPage(Page(highestDrawnTicket: 2, Stored(2, "other", at: 6)), before).Should().BeFalse();

        Names().Should().Equal("other", "own");
        waiting.Should().OnlyContain(wait => wait.IsCompletedSuccessfully);
    }

    [Test]
    public void PublishPage_ItShowsThatTheEarlierTransactionWasRolledBack_PublishesWhatThisProcessHasCommittedSince()
    {
        PublishingState before = _publisher.State;
        _publisher.TryPublishCommitted(Events("own", at: 5), [3]);

        _publisher.PublishPage(Page(highestDrawnTicket: 3), before).Should().BeFalse();

        Names().Should().Equal("own");
    }

    [Test]
    public void PublishPage_ItEndsBeforeATicketOfThisProcess_ProvesNothingAboutIt()
    {
        _publisher.TryPublishCommitted(Events("own", at: 5), [9]);
        Task waiting = _publisher.WaitUntilPublished(9);

        _publisher.PublishPage(Page(highestDrawnTicket: 9, Stored(2, "other", at: 6)) with { ReachesNewestEvent = false }, _publisher.State).Should().BeTrue();

        Names().Should().Equal("other");
        waiting.IsCompleted.Should().BeFalse();
    }

    [Test]
    public void PublishPage_OnlyTheFirstOfTwoCommitsIsOlderThanThePage_RemovesTheFirst()
    {
        _publisher.TryPublishCommitted(Events("lost", at: 5), [4]);
        PublishingState before = _publisher.State;
        _publisher.TryPublishCommitted(Events("own", at: 6), [6]);
        Task[] waiting = [_publisher.WaitUntilPublished(4), _publisher.WaitUntilPublished(6)];

        _publisher.PublishPage(Page(highestDrawnTicket: 2), before);

        waiting.Select(wait => wait.IsCompleted).Should().Equal(true, false);
    }

    [Test]
    public void EndSubscriptionsAndRestart_AnotherEventWasPublishedMeanwhile_DoesNothing()
    {
        EventIdentity last = _publisher.State.LastPublished;
        _publisher.TryPublishCommitted(Events("own", at: 5), [2]);

        _publisher.EndSubscriptionsAndRestart(last, new EventIdentity(512, 1), wasExpired: false);

        Names().Should().Equal("own");
        _publisher.State.LastPublished.Should().Be(new EventIdentity(2048, 5));
    }

    [Test]
    public void EndSubscriptionsAndRestart_TheNewestEventIsLaterThanACommitOfThisProcess_ReleasesOnlyThatUpdate()
    {
        _publisher.TryPublishCommitted(Events("earlier", at: 5), [9]);
        _publisher.TryPublishCommitted(Events("later", at: 6), [12]);
        Task[] waiting = [_publisher.WaitUntilPublished(9), _publisher.WaitUntilPublished(12)];

        _publisher.EndSubscriptionsAndRestart(_publisher.State.LastPublished, new EventIdentity(9 * 1024, 5), wasExpired: true);

        waiting.Select(wait => wait.IsCompleted).Should().Equal(true, false);
        _builders.Invoking(builders => builders.ReadAvailable()).Should().Throw<EventsLostException>();
    }

    [Test]
    public void Close_AnUpdateWaits_ReleasesItAndAllLaterOnes()
    {
        _publisher.TryPublishCommitted(Events("own", at: 5), [9]);
        Task waiting = _publisher.WaitUntilPublished(9);

        _publisher.Close();

        waiting.IsCompletedSuccessfully.Should().BeTrue();
        _publisher.TryPublishCommitted(Events("later", at: 6), [11]).Should().BeTrue();
    }

    [Test]
    public void ReleaseAllWaits_AnUpdateWaits_ReleasesItAndPublishesItsEventsLater()
    {
        _publisher.TryPublishCommitted(Events("own", at: 5), [3]);
        Task waiting = _publisher.WaitUntilPublished(3);

        _publisher.ReleaseAllWaits();

        waiting.IsCompletedSuccessfully.Should().BeTrue();
        _publisher.PublishPage(Page(highestDrawnTicket: 3, Stored(3, "own", at: 5)), _publisher.State);
        Names().Should().Equal("own");
    }

    private static UpdateEvents Events(string name, long at) =>
        new([new UnnumberedEvent(BuilderDefinition.Instance, "new", new Builder { BuilderId = 1, Name = name }, 1, null)], at);

    private static StoredEvent Stored(long ticket, string name, long at) =>
        StoredEvent.From(ResourceTypes.Catalog, TicketSequenceConverter.FirstSequenceOfTicket(ticket), at, Events(name, at).Events[0]);

    /// <summary>A page that begins with the last published event, read when no transaction was running.</summary>
    private static EventPage Page(long highestDrawnTicket, params StoredEvent[] events) =>
        new([Stored(1, "first", at: 1), .. events], [], highestDrawnTicket, ReachesNewestEvent: true);

    private List<string> Names() => [.. _builders.ReadAvailable().Select(e => ((Builder)e.Resource).Name)];
}
