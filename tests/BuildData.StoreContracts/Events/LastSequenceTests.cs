using Microsoft.Extensions.Time.Testing;

namespace BuildData.StoreContracts;

/// <summary>A subscriber can wait for the last event and resume from it.</summary>
public abstract class LastSequenceTests(StoreKind kind) : StoreTests(kind)
{
    private static readonly TimeSpan Age = TimeSpan.FromHours(1);

    private readonly FakeTimeProvider _clock = new();

    [Test]
    public async Task LastSequence_AfterAnEventForWatchesAlone_IsThatOfTheLastPublicEvent()
    {
        await using Master master = await Open();
        await using Subscription steps = master.Data.Events.Subscribe("/steps/*");
        await master.Data.Updates.Step();

        await master.Data.Updates.EventsForWatches();

        long last = master.Data.Events.LastSequence;
        last.Should().Be((await steps.UpTo(last)).Single().Sequence);
    }

    [Test]
    public async Task LastCursor_WithoutSubscribers_IsThatOfTheLastPublicEvent()
    {
        await using Master master = await Open();
        await master.Data.Updates.Step();
        await master.Data.Updates.EventsForWatches();

        await using Subscription steps = master.Data.Events.Subscribe("/steps/*", after: 0);

        master.Data.Events.LastCursor.Should().Be((await steps.Next(1)).Single().Cursor);
    }

    [Test]
    public async Task LastCursor_AfterReopening_IsThatOfTheLastPublicEvent()
    {
        EventCursor last;
        await using (Master master = await Open())
        {
            await master.Data.Updates.Step();
            last = master.Data.Events.LastCursor;
            await master.Data.Updates.EventsForWatches();
        }

        await using Master again = await Open();

        again.Data.Events.LastCursor.Should().Be(last);
    }

    [Test]
    public async Task LastCursor_NothingHasHappened_IsWhereAFollowerCanBegin()
    {
        await (await Open()).DisposeAsync();
        await using Master again = await Open();

        await using Subscription steps = again.Data.Events.Subscribe("/steps/*", after: again.Data.Events.LastCursor);
        await again.Data.Updates.Step();

        again.Data.Events.LastCursor.Should().Be((await steps.Next(1)).Single().Cursor);
    }

    [Test]
    public async Task LastSequence_EventsAreNotKept_NeverGoesBackAcrossReopenings()
    {
        long last;
        await using (Master master = await Store.Open())
        {
            await master.Data.Updates.Step();
            last = master.Data.Events.LastSequence;
        }

        await using Master again = await Store.Open();

        again.Data.Events.LastSequence.Should().BeGreaterThanOrEqualTo(last);
    }

    private Task<Master> Open() => Store.Open(options =>
    {
        options.TimeProvider = _clock;
        options.KeepEvents(Age);
    });
}
