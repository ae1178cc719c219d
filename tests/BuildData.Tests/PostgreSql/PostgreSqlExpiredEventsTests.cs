using BuildData.PostgreSql;
using Microsoft.Extensions.Time.Testing;

namespace BuildData.Tests;

/// <summary>What becomes of kept events in a PostgreSQL database, whose masters remove them from time to time.</summary>
internal sealed class PostgreSqlExpiredEventsTests() : StoreTests(StoreKinds.PostgreSql)
{
    private static readonly TimeSpan Age = TimeSpan.FromHours(1);

    private readonly FakeTimeProvider _clock = new();

    [Test]
    public async Task Expire_WhatHasExpired_IsGoneAndAnOldCursorFails()
    {
        await using Master master = await Open();
        long buildId = await master.Data.Updates.Build();
        await Task.WhenAll(Enumerable.Range(0, 2500).Select(_ => master.Data.Updates.NewStep(buildId, "s")));
        _clock.Advance(Age * 2);
        await master.Data.Updates.StartStep(1);

        await ((PostgreSqlStore)master.Store).HeartbeatAndCleanupLoop!.RemoveExpiredEvents(CancellationToken.None);

        CursorExpiredException error = (await master.Awaiting(one => one.Data.Events.Subscribe("/steps/*", after: 3).Rest())
            .Should().ThrowAsync<CursorExpiredException>()).Which;
        error.Earliest.Should().BeGreaterThan(2500);
        await using Subscription kept = master.Data.Events.Subscribe("/steps/*", after: error.Earliest);
        (await kept.Next(1)).Single().Name.Should().Be("started");
    }

    [Test]
    public async Task Expire_KeptForLessThanTransportTakes_LeavesThemToTheOtherMasters()
    {
        await using Master master = await Store.Open(options =>
        {
            options.TimeProvider = _clock;
            options.KeepEvents(TimeSpan.FromMinutes(1));
        });
        long cursor = master.Data.Events.LastSequence;
        await master.Data.Updates.Step();
        _clock.Advance(TimeSpan.FromMinutes(9));
        await master.Data.Updates.StartStep(1);

        await ((PostgreSqlStore)master.Store).HeartbeatAndCleanupLoop!.RemoveExpiredEvents(CancellationToken.None);

        await using Subscription kept = master.Data.Events.Subscribe("/steps/*", after: cursor);
        (await kept.Next(2)).Select(e => e.Name).Should().Equal("new", "started");
    }

    [Test]
    public async Task Expire_WhatHasNotExpired_IsKept()
    {
        await using Master master = await Open();
        long stepId = await master.Data.Updates.Step();
        _clock.Advance(Age - TimeSpan.FromSeconds(1));
        await master.Data.Updates.StartStep(stepId);

        await ((PostgreSqlStore)master.Store).HeartbeatAndCleanupLoop!.RemoveExpiredEvents(CancellationToken.None);

        await using Subscription kept = master.Data.Events.Subscribe("/steps/*", after: 0);
        (await kept.Next(2)).Select(e => e.Name).Should().Equal("new", "started");
    }

    [Test]
    public async Task Expire_TheNewestEventsAreNotPublic_TheLastPublicOneStays()
    {
        await using Master master = await Open();
        long stepId = await master.Data.Updates.Step();
        _clock.Advance(Age * 2);
        await master.Data.Updates.EventsForWatches();

        await ((PostgreSqlStore)master.Store).HeartbeatAndCleanupLoop!.RemoveExpiredEvents(CancellationToken.None);

        await using Subscription rest = master.Data.Events.Subscribe("/steps/*", after: master.Data.Events.LastCursor);
        await master.Data.Updates.StartStep(stepId);
        (await rest.Next(1)).Single().Name.Should().Be("started");
    }

    [Test]
    public async Task Subscribe_AMasterThatKeepsNoneHasWritten_GoesOn()
    {
        long cursor;
        await using (Master master = await Open())
        {
            await master.Data.Updates.Step();
            cursor = master.Data.Events.LastSequence;
        }

        await using (Master without = await Store.Open(options => options.TimeProvider = _clock))
            await without.Data.Updates.StartStep(1);

        await using Master again = await Open();
        await using Subscription from = again.Data.Events.Subscribe("/steps/*", cursor);
        (await from.Next(1)).Single().Name.Should().Be("started");
    }

    private Task<Master> Open() => Store.Open(options =>
    {
        options.TimeProvider = _clock;
        options.KeepEvents(Age);
    });
}
