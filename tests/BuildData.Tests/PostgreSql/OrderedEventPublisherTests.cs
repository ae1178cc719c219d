using BuildData.Diagnostics;
using BuildData.Events;
using BuildData.PostgreSql.Events;
using BuildData.Resources;
using BuildData.Resources.Builders;
using BuildData.Resources.Masters;
using BuildData.Stores;

namespace BuildData.Tests;

/// <summary>The database can lose commits whose events this process has not published yet.</summary>
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

    private static UpdateEvents Events(string name, long at) =>
        new([new UnnumberedEvent(BuilderDefinition.Instance, "new", new Builder { BuilderId = 1, Name = name }, 1, null)], at);

    private static StoredEvent Stored(long ticket, string name, long at) =>
        StoredEvent.From(ResourceTypes.Catalog, TicketSequenceConverter.FirstSequenceOfTicket(ticket), at, Events(name, at).Events[0]);

    /// <summary>A page that begins with the last published event, read when no transaction was running.</summary>
    private static EventPage Page(long highestDrawnTicket, params StoredEvent[] events) =>
        new([Stored(1, "first", at: 1), .. events], [], highestDrawnTicket, ReachesNewestEvent: true);

    private List<string> Names() => [.. _builders.ReadAvailable().Select(e => ((Builder)e.Resource).Name)];
}
