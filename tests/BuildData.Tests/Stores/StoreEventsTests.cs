using BuildData.Definitions;
using BuildData.Diagnostics;
using BuildData.Events;
using BuildData.Resources;
using BuildData.Stores;
using Microsoft.Extensions.Time.Testing;

namespace BuildData.Tests;

/// <summary>A store passes its events on, and asks about subscribers and expired events.</summary>
internal sealed class StoreEventsTests
{
    private static readonly ResourceDefinition Builders = ResourceTypes.Catalog.All.Single(type => type.ResourceType == typeof(Builder));

    private readonly FakeTimeProvider _clock = new();
    private Telemetry _telemetry = null!;
    private EventHub _hub = null!;
    private StoreEvents _events = null!;

    [SetUp]
    public void CreateEvents()
    {
        _telemetry = new Telemetry(null, null, "master");
        _hub = new EventHub(ResourceTypes.Catalog, _telemetry, 1000, readOnlyStore: null, new LastPublicEventCursorTracker(static (_, _) => default, static _ => { }));
        _events = new StoreEvents(_hub.Dispatcher, _clock);
    }

    [TearDown]
    public async Task Dispose()
    {
        await _hub.LastPublic.DisposeAsync();
        _telemetry.Dispose();
    }

    [TestCase(0, 3, "abc")]
    [TestCase(0, 2, "ab")]
    [TestCase(1, 2, "bc")]
    [TestCase(1, 1, "b")]
    public async Task Publish_PartOfTheEvents_NumbersThisPart(int start, int count, string expected)
    {
        _events.HasSubscribers.Should().BeFalse();
        await using Subscription subscription = _hub.Subscribe("/builders/*");

        _events.Publish(Made("a", "b", "c"), start, count, first: 5);

        IReadOnlyList<DataEvent> received = subscription.ReadAvailable();
        string.Concat(received.Select(e => ((Builder)e.Resource).Name)).Should().Be(expected);
        received.Select(e => e.Sequence).Should().Equal(Enumerable.Range(5, count).Select(i => (long)i));
        received.Should().OnlyContain(e => e.Cursor.At == DateTimeOffset.UnixEpoch.AddMilliseconds(3));
        _events.LastPublishedSequence.Should().Be(4 + count);
        _events.HasSubscribers.Should().BeTrue();
    }

    [Test]
    public void Publish_AllEvents_SetsTheLastPublishedSequence()
    {
        _events.Publish(Made("a", "b"), first: 5);

        _events.LastPublishedSequence.Should().Be(6);
    }

    [Test]
    public void Publish_EventsOfOtherMasters_SetsTheLastPublishedSequence()
    {
        _events.Publish([StoredEvent.From(ResourceTypes.Catalog, 8, 3000, Made("a").Events[0])]);

        _events.LastPublishedSequence.Should().Be(8);
    }

    [Test]
    public async Task RecordCommittedUnpublished_SubscriptionFollows_DoesNotReceiveThem()
    {
        _events.RecordCommittedUnpublished(1, 2);
        await using Subscription subscription = _hub.Subscribe("/builders/*");

        _events.Publish(Made("a", "b", "c"), first: 1);

        subscription.ReadAvailable().Select(e => e.Sequence).Should().Equal(3);
    }

    [Test]
    public async Task EndAllAsLost_Subscription_Ends()
    {
        await using Subscription subscription = _hub.Subscribe("/builders/*");

        _events.EndAllAsLost(4);

        subscription.Invoking(one => one.ReadAvailable()).Should().Throw<EventsLostException>();
        _events.LastPublishedSequence.Should().Be(4);
    }

    [Test]
    public void Start_ACursor_ContinuesAfterIt([Values] bool keepsEvents)
    {
        _events.Start(9, keepsEvents);

        _events.LastPublishedSequence.Should().Be(9);
        _hub.Dispatcher.AllBatchesReadBuildProperties.Should().Be(keepsEvents);
    }

    [Test]
    public void ExpiredBefore_AnAge_IsTheTimeBefore() =>
        _events.ExpiredBefore(TimeSpan.FromHours(1)).Should().Be(_clock.GetUtcNow() - TimeSpan.FromHours(1));

    [Test]
    public void Publish_NoEvents_IsRefused()
    {
        _events.Invoking(events => events.Publish((UpdateEvents)null!, 1)).Should().Throw<ArgumentNullException>();
        _events.Invoking(events => events.Publish(null!, 0, 0, 1)).Should().Throw<ArgumentNullException>();
        _events.Invoking(events => events.Publish(null!)).Should().Throw<ArgumentNullException>().WithParameterName("events");
    }

    private static UpdateEvents Made(params IEnumerable<string> names) =>
        new([.. names.Select(name => new UnnumberedEvent(Builders, "new", new Builder { BuilderId = 1, Name = name }, 1, null))], at: 3000);
}
