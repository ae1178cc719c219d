using BuildData.Definitions;
using BuildData.Diagnostics;
using BuildData.Events;
using BuildData.Resources;
using BuildData.Stores;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace BuildData.Tests;

/// <summary>Which events a subscription receives that begins, or ends, beside commits.</summary>
internal sealed class EventDispatcherTests
{
    private const int Capacity = 3;

    private static readonly ResourceDefinition Builders = ResourceTypes.Catalog.All.Single(type => type.ResourceType == typeof(Builder));

    private Telemetry _telemetry = null!;
    private EventHub _events = null!;
    private EventDispatcher _dispatcher = null!;

    [SetUp]
    public void CreateDispatcher()
    {
        _telemetry = new Telemetry(null, null, "master");
        _events = new EventHub(ResourceTypes.Catalog, _telemetry, Capacity, readOnlyStore: null, new LastPublicEventCursorTracker(static (_, _) => default, static _ => { }));
        _dispatcher = _events.Dispatcher;
    }

    [TearDown]
    public async Task EndDispatcher()
    {
        await _events.LastPublic.DisposeAsync();
        _telemetry.Dispose();
    }

    [Test]
    public async Task Subscribe_EventsAreCommittedButNotPublished_ReceivesOnlyTheOthers()
    {
        _dispatcher.RecordCommittedUnpublished(2, 2);
        await using Subscription events = Subscribe();

        Publish(1, count: 1);
        Publish(2, count: 2);
        Publish(4, count: 1);

        Sequences(events).Should().Equal(1, 4);
    }

    [Test]
    public async Task Subscribe_CommittedEventsArePublishedMeanwhile_ExcludesNoEventThatUsesTheirNumbersAgain()
    {
        _dispatcher.RecordCommittedUnpublished(2, 1);
        Publish(1, count: 1);
        Publish(2, count: 1);
        _dispatcher.Start(1, allBatchesReadProperties: false);
        await using Subscription events = Subscribe();

        Publish(2, count: 1);

        Sequences(events).Should().Equal(2);
    }

    [Test]
    public async Task Subscribe_OtherMastersPublishTheCommittedEvents_ExcludesNoEventThatUsesTheirNumbersAgain()
    {
        _dispatcher.RecordCommittedUnpublished(2, 1);
        _dispatcher.Publish([Stored(1), Stored(2)]);
        _dispatcher.Start(1, allBatchesReadProperties: false);
        await using Subscription events = Subscribe();

        _dispatcher.Publish([Stored(2)]);

        Sequences(events).Should().Equal(2);
    }

    [Test]
    public async Task Subscribe_EventsAreLost_ExcludesNoEventThatUsesTheirNumbersAgain()
    {
        _dispatcher.RecordCommittedUnpublished(2, 1);
        _dispatcher.EndAllAsLost(1);
        await using Subscription events = Subscribe();

        Publish(2, count: 1);

        Sequences(events).Should().Equal(2);
    }

    [Test]
    public async Task Publish_WithoutSubscribers_SetsTheLastPublishedSequence()
    {
        _dispatcher.Publish([Stored(4), Stored(5)]);

        _dispatcher.LastPublishedSequence.Should().Be(5);
        await using Subscription events = Subscribe();
        _dispatcher.Publish([Stored(5), Stored(6)]);
        Sequences(events).Should().Equal(6);
    }

    [Test]
    public void Publish_NoEvents_ChangesNothing()
    {
        Publish(3, count: 1);

        _dispatcher.Publish([]);
        Publish(9, count: 0);

        _dispatcher.LastPublishedSequence.Should().Be(3);
        _events.LastSequence.Should().Be(3);
    }

    [Test]
    public void Publish_LastEventIsNotPublic_LastCursorIsThatOfTheEventBefore([Values] bool fromTable)
    {
        if (fromTable)
            _dispatcher.Publish([Stored(7), Stored(8), Stored(9, "internal")]);
        else
            _dispatcher.Publish([Event("new"), Event("new"), Event("internal")], 7, at: 8_000);

        _events.LastCursor.Should().Be(EventCursor.Of(8, 8_000));
        _dispatcher.LastPublishedSequence.Should().Be(9);
    }

    [Test]
    public void Publish_OnlyTheFirstEventIsPublic_LastCursorIsItsOne()
    {
        _dispatcher.Publish([Event("new"), Event("internal")], 7, at: 8_000);

        _events.LastSequence.Should().Be(7);
    }

    [Test]
    public async Task HasSubscribers_OneComesAndGoes_TellsSo()
    {
        _dispatcher.HasSubscribers.Should().BeFalse();
        Subscription events = Subscribe();

        _dispatcher.HasSubscribers.Should().BeTrue();
        await events.DisposeAsync();

        _dispatcher.HasSubscribers.Should().BeFalse();
    }

    [Test]
    public async Task Dispose_EventsFollow_ReceivesOnlyThoseBefore()
    {
        Subscription events = Subscribe();
        Publish(1, count: 1);

        await events.DisposeAsync();
        Publish(2, count: 1);

        Sequences(events).Should().Equal(1);
        events.Buffer.Reader.Completion.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Test]
    public async Task End_SubscribersHaveUnreadEvents_ReceiveThemAndThenTheEnd()
    {
        Subscription events = Subscribe();
        Publish(1, count: 2);

        _dispatcher.End();

        _dispatcher.HasEnded.Should().BeTrue();
        (await events.Rest()).Select(e => e.Sequence).Should().Equal(1, 2);
        FluentActions.Invoking(Subscribe).Should().Throw<ObjectDisposedException>();
    }

    [Test]
    public void EndAllAsLost_SubscriberHasUnreadEvents_ReceivesThemAndThenTheLastCursor()
    {
        Subscription events = Subscribe();
        Publish(1, count: 2);

        _dispatcher.EndAllAsLost(1);

        Sequences(events).Should().Equal(1, 2);
        events.Invoking(one => one.ReadAvailable()).Should().Throw<EventsLostException>().Which.Cursor.Should().Be(EventCursor.Of(2, 1_000));
        _dispatcher.LastPublishedSequence.Should().Be(1);
    }

    [Test]
    public async Task EndAllAsLost_LastPublicEventIsUnknown_SearchesForIt()
    {
        var search = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var lastPublic = new LastPublicEventCursorTracker(
            (upTo, _) =>
            {
                search.TrySetResult(upTo);
                return default;
            },
            static _ => { });
        var events = new EventHub(ResourceTypes.Catalog, _telemetry, Capacity, readOnlyStore: null, lastPublic);

        events.Dispatcher.EndAllAsLost(5);

        (await search.Task.WaitAsync(Given.Patience)).Should().Be(5);
    }

    [Test]
    public void TryWriteOrEnd_BufferIsFull_EndsWithTheLastCursorAndDetaches()
    {
        Subscription events = Subscribe();

        Publish(1, Capacity);
        _dispatcher.HasSubscribers.Should().BeTrue("all events fit");
        Publish(1 + Capacity, count: 1);

        _dispatcher.HasSubscribers.Should().BeFalse();
        Sequences(events).Should().Equal(1, 2, 3);
        events.Invoking(one => one.ReadAvailable()).Should().Throw<SubscriberLaggedException>().Which.Cursor.Should().Be(EventCursor.Of(3, 1_000));
    }

    [Test]
    public void MeasureBacklog_SeveralSubscribers_ReturnsTheirNumberAndTheLargestBacklog()
    {
        Subscription first = Subscribe();
        Publish(1, count: 2);
        Subscribe();

        _dispatcher.MeasureBacklog().Should().Be((2, 2));

        first.ReadAvailable();
        _dispatcher.MeasureBacklog().Should().Be((2, 0));
    }

    [TestCase(4, 7, false)]
    [TestCase(5, 6, false)]
    [TestCase(5, 7, true)]
    [TestCase(7, 7, true)]
    [TestCase(8, 7, false)]
    [TestCase(10, 7, false)]
    [TestCase(11, 7, true)]
    public async Task Accepts_OneRangeIsExcluded_TakesOnlyLaterEventsOfItsBatches(long sequence, long batch, bool accepts)
    {
        await using Subscription events = Subscribe();
        events.Buffer.StartAfter(4, [(8, 10)], firstBatch: 7);

        events.Buffer.Accepts(sequence, batch).Should().Be(accepts);
    }

    [TestCase(8, false)]
    [TestCase(9, true)]
    [TestCase(10, false)]
    public async Task Accepts_SeveralRangesAreExcluded_TakesNoEventOfAny(long sequence, bool accepts)
    {
        await using Subscription events = Subscribe();
        events.Buffer.StartAfter(4, [(8, 8), (10, 10)], firstBatch: 0);

        events.Buffer.Accepts(sequence, 0).Should().Be(accepts);
    }

    [TestCase(4, 9)]
    [TestCase(12, 12)]
    public async Task EndWithEventsLost_SubscriptionHasResumed_CursorIsThatOfTheLastEventReadOrWritten(long written, long expected)
    {
        var catchUp = new CatchUpReader(new KeptEventReader(static (_, _) => throw new NotSupportedException(), static () => 0), _dispatcher, after: 9);
        var buffer = new SubscriptionBuffer(SubscriptionFilter.Parse(ResourceTypes.Catalog, ["/builders/*"], []), new(1), _telemetry, catchUp);
        buffer.StartAfter(written, null, firstBatch: 0);

        buffer.EndWithEventsLost();

        (await buffer.Reader.Completion.Awaiting(completion => completion).Should().ThrowAsync<EventsLostException>()).Which.LastSequence.Should().Be(expected);
    }

    [Test]
    public async Task Attach_ResumedSubscription_ReceivesEventsThatAreCommittedButNotPublished()
    {
        _dispatcher.RecordCommittedUnpublished(2, 1);
        var buffer = new SubscriptionBuffer(SubscriptionFilter.Parse(ResourceTypes.Catalog, ["/builders/*"], []), new(Capacity), _telemetry, catchUp: null);
        _dispatcher.Attach(buffer, isResumed: true);
        await using var events = new Subscription(_dispatcher, buffer, _telemetry, catchUp: null);

        Publish(1, count: 2);

        Sequences(events).Should().Equal(1, 2);
    }

    [Test]
    public async Task Start_LastEventMayNotBePublic_LetsTheLastPublicOneBeSearched()
    {
        await using var lastPublic = new LastPublicEventCursorTracker(static (upTo, _) => new(upTo - 2), static _ => { });
        var events = new EventHub(ResourceTypes.Catalog, _telemetry, Capacity, readOnlyStore: null, lastPublic);

        events.Dispatcher.Start(7, allBatchesReadProperties: false);
        await lastPublic.SearchUnexaminedEvents(CancellationToken.None);

        events.LastSequence.Should().Be(5);
    }

    [Test]
    public async Task Publish_EventsOfOtherMasters_AreCounted()
    {
        using var meters = new TestMeters();
        using var telemetry = new Telemetry(null, meters.Factory, "master");
        await using var lastPublic = new LastPublicEventCursorTracker(static (_, _) => default, static _ => { });
        using MetricCollector<long> counted = meters.Collect<long>("builddata.events");

        new EventDispatcher(ResourceTypes.Catalog, telemetry, lastPublic).Publish([Stored(1), Stored(2)]);

        counted.GetMeasurementSnapshot().Sum(one => one.Value).Should().Be(2);
    }

    private Subscription Subscribe() => _events.Subscribe("/builders/*");

    private void Publish(long first, int count) => _dispatcher.Publish([.. Enumerable.Repeat(Event("new"), count)], first, at: first * 1000);

    private static UnnumberedEvent Event(string name) => new(Builders, name, new Builder { BuilderId = 1, Name = "b" }, 1, null);

    private static StoredEvent Stored(long sequence, string name = "new") => StoredEvent.From(ResourceTypes.Catalog, sequence, sequence * 1000, Event(name));

    private static IEnumerable<long> Sequences(Subscription events) => events.ReadAvailable().Select(e => e.Sequence);
}
