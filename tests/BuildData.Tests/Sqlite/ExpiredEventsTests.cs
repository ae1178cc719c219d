using BuildData.Events;
using BuildData.Stores;
using Microsoft.Extensions.Time.Testing;

namespace BuildData.Tests;

/// <summary>Kept events in a SQLite file expire, and the writer removes expired events when it writes.</summary>
internal sealed class ExpiredEventsTests() : StoreTests(StoreKinds.Sqlite)
{
    private static readonly TimeSpan Age = TimeSpan.FromHours(1);

    private FakeTimeProvider _clock = null!;

    [SetUp]
    public void MakeClock() => _clock = new FakeTimeProvider();

    [Test]
    public async Task Update_EventsHaveExpired_RemovesThemLittleByLittle()
    {
        await using Master master = await Open();
        await AddSteps(master, 1000);
        _clock.Advance(Age * 2);

        await master.Data.Updates.StartStep(1);
        long early = await Earliest(master);
        for (int i = 0; i < 100; i++)
            await master.Data.Updates.SetStepStateString(2, $"{i}");
        long late = await Earliest(master);

        early.Should().BeInRange(1, 200, "one update is not to wait for all that has expired");
        late.Should().BeGreaterThan(1000, "in the end all that has expired is gone");
        await using Subscription kept = master.Data.Events.Subscribe("/steps/*", after: late);
        (await kept.UpTo(master.Data.Events.LastSequence)).Select(e => e.Name).Should().Equal(["started", .. Enumerable.Repeat("updated", 100)]);
    }

    [TestCase("10.00:00:00", 61)]
    [TestCase("00:01:04", 2)]
    public async Task Update_EventsExpireAfterACheck_RemovesThemAMinuteLaterOrASixtyFourthOfTheTime(TimeSpan age, int pause)
    {
        await using Master master = await Store.Open(options =>
        {
            options.TimeProvider = _clock;
            options.KeepEvents(age);
        });
        await AddSteps(master, 10);
        _clock.Advance(age - TimeSpan.FromSeconds(1));
        await master.Data.Updates.SetStepStateString(1, "checks");
        (await Earliest(master)).Should().Be(0);

        _clock.Advance(TimeSpan.FromSeconds(pause));
        await master.Data.Updates.SetStepStateString(1, "removes");

        (await Earliest(master)).Should().BePositive();
    }

    [Test]
    public async Task Read_EventsHaveExpired_ThrowsWithTheEarliestCursor()
    {
        await using Master master = await Open();
        await AddSteps(master, 10);
        _clock.Advance(Age * 2);
        await master.Data.Updates.StartStep(1);

        CursorExpiredException error = (await master.Awaiting(one => one.Data.Events.Subscribe("/steps/*", after: 3).Rest())
            .Should().ThrowAsync<CursorExpiredException>()).Which;

        (error.After, error.Latest).Should().Be((3, master.Data.Events.LastSequence));
        error.Earliest.Should().BeGreaterThan(3);
        await using Subscription kept = master.Data.Events.Subscribe("/steps/*", after: error.Earliest);
        (await kept.Next(1)).Single().Name.Should().Be("started");
    }

    [Test]
    public async Task Open_OptionsKeepNoEvents_RemovesKeptEvents()
    {
        long cursor;
        await using (Master master = await Open())
        {
            await AddSteps(master, 2);
            cursor = master.Data.Events.LastSequence - 1;
        }

        await using (Master without = await Store.Open(options => options.TimeProvider = _clock))
            await without.Data.Updates.StartStep(1);

        await using Master again = await Open();
        await again.Awaiting(one => one.Data.Events.Subscribe("/steps/*", cursor).Rest()).Should().ThrowAsync<CursorExpiredException>();
        await using Subscription from = again.Data.Events.Subscribe("/steps/*", after: again.Data.Events.LastSequence);
        await again.Data.Updates.StartStep(2);
        (await from.Next(1)).Single().Path.Should().Be("/steps/2");
    }

    [Test]
    public async Task Update_NewestEventsAreNotPublic_KeepsTheLastPublicEvent()
    {
        await using Master master = await Open();
        await AddSteps(master, 10);
        _clock.Advance(Age * 2);
        await master.Data.Updates.EventsForWatches(10);

        await using Subscription rest = master.Data.Events.Subscribe("/steps/*", after: master.Data.Events.LastCursor);
        await master.Data.Updates.StartStep(1);

        (await rest.Next(1)).Single().Name.Should().Be("started");
    }

    [Test]
    public async Task Update_OneEventWasWrittenWhileTheClockWasAhead_LaterEventsAreStillRemoved()
    {
        await using Master master = await Open();
        long buildId = await master.Data.Updates.Build();
        TimeSpan ahead = TimeSpan.FromDays(4_000);
        _clock.AdjustTime(_clock.GetUtcNow() + ahead);
        await master.Data.Updates.SetBuildStateString(buildId, "ahead");
        _clock.AdjustTime(_clock.GetUtcNow() - ahead);

        for (int i = 0; i < 2_000; i++)
        {
            _clock.Advance(Age / 100);
            await master.Data.Updates.SetBuildStateString(buildId, $"{i}");
        }

        (master.Data.Events.LastSequence - await Earliest(master)).Should().BeInRange(100, 300, "about a hundred events are younger than an hour");
    }

    [Test]
    public async Task Update_ManyEventsWereWrittenWhileTheClockWasAhead_LaterEventsAreStillRemoved()
    {
        await using Master master = await Open();
        long buildId = await master.Data.Updates.Build();
        TimeSpan ahead = TimeSpan.FromDays(4_000);
        _clock.AdjustTime(_clock.GetUtcNow() + ahead);
        await AddSteps(master, 1_000);
        _clock.AdjustTime(_clock.GetUtcNow() - ahead);

        for (int i = 0; i < 2_000; i++)
        {
            _clock.Advance(Age / 100);
            await master.Data.Updates.SetBuildStateString(buildId, $"{i}");
        }

        (master.Data.Events.LastSequence - await Earliest(master)).Should().BeInRange(100, 300);
    }

    [Test]
    public async Task Update_AllEventsHaveExpired_KeepsTheNewestEvent()
    {
        long last;
        await using (Master master = await Open())
        {
            await AddSteps(master, 10);
            last = master.Data.Events.LastSequence;
        }

        _clock.Advance(Age * 3);
        await using Master again = await Open();
        await again.Data.Updates.Awaiting(updates => updates.StartStep(999)).Should().ThrowAsync<ResourceNotFoundException>();
        await again.Data.Updates.Barrier(CancellationToken.None);

        again.Data.Events.LastCursor.Should().Match<EventCursor>(cursor => cursor.Sequence == last && cursor.At != null);
        await using Subscription rest = again.Data.Events.Subscribe("/steps/*", after: last - 1);
        (await rest.Next(1)).Single().Sequence.Should().Be(last);
    }

    [Test]
    public async Task Read_FromTheBeginningAfterEventsHaveExpired_Throws()
    {
        await using Master master = await Open();
        await AddSteps(master, 10);
        _clock.Advance(Age * 2);
        await master.Data.Updates.StartStep(1);

        await master.Awaiting(one => one.Data.Events.Subscribe("/steps/*", after: 0).Rest()).Should().ThrowAsync<CursorExpiredException>();
    }

    [Test]
    public async Task ReadPageAfter_EventOfTheCursorHasExpired_SucceedsOnlyAfterAnEarlierPage([Values] bool isContinuation)
    {
        await using Master master = await Open();
        await AddSteps(master, 10);
        _clock.Advance(Age * 2);
        EventCursor cursor = master.Data.Events.LastCursor;
        await master.Data.Updates.StartStep(1);
        await master.Data.Updates.StartStep(2);
        var kept = new KeptEventReader((read, token) => master.Store.Read(static (session, read, token) => read(session, token), read, token), () => long.MaxValue);
        (await kept.ReadPageAfter(default, isContinuation: false, CancellationToken.None).AsTask().Awaiting(task => task)
            .Should().ThrowAsync<CursorExpiredException>()).Which.Earliest.Should().Be(cursor.Sequence);

        Func<Task<List<StoredEvent>>> after = () => kept.ReadPageAfter(cursor, isContinuation, CancellationToken.None).AsTask();

        if (isContinuation)
            (await after()).Select(e => e.Name).Should().Equal("started", "started");
        else
            await after.Should().ThrowAsync<CursorExpiredException>();
    }

    [Test]
    public async Task ReadPageAfter_MoreEventsAreKeptThanFitIntoAPage_ReturnsAPage()
    {
        await using Master master = await Open();
        await AddSteps(master, KeptEventReader.PageLength + 10);
        var kept = new KeptEventReader((read, token) => master.Store.Read(static (session, read, token) => read(session, token), read, token), () => long.MaxValue);

        List<StoredEvent> page = await kept.ReadPageAfter(default, isContinuation: false, CancellationToken.None);

        page.Should().HaveCount(KeptEventReader.PageLength);
    }

    private Task<Master> Open() => Store.Open(options =>
    {
        options.TimeProvider = _clock;
        options.KeepEvents(Age);
    });

    private static async Task AddSteps(Master master, int count)
    {
        long buildId = await master.Data.Updates.Build();
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => master.Data.Updates.NewStep(buildId, "s")));
    }

    /// <summary>Returns the first sequence number after which all events are kept.</summary>
    private static async Task<long> Earliest(Master master)
    {
        Func<Task> beyond = () => master.Data.Events.Subscribe("/steps/*", after: long.MaxValue).Rest();
        return (await beyond.Should().ThrowAsync<CursorExpiredException>()).Which.Earliest;
    }
}
