using BuildData.Events;
using BuildData.Stores;
using Microsoft.Extensions.Time.Testing;

namespace BuildData.Tests;

/// <summary>A resumed subscription changes from kept events to new events, at moments that only the library's internals can arrange.</summary>
internal abstract class CatchUpReaderTests(StoreKind kind) : StoreTests(kind)
{
    // A subscription reads kept events in pages.
    private const int MoreThanOnePage = KeptEventReader.PageLength + 1;

    private static readonly TimeSpan Age = TimeSpan.FromHours(1);

    private FakeTimeProvider _clock = null!;

    [SetUp]
    public void MakeClock() => _clock = new FakeTimeProvider();

    [Test]
    public async Task Read_EventIsCommittedWhileTheLastPageIsRead_ArrivesOnce()
    {
        (Master master, StoreWithDelayedReads store) = await OpenWithDelayedReads();
        await using Master opened = master;
        await AddSteps(master, 1);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.AfterNextReads(async () =>
        {
            await master.Data.Updates.StartStep(1);
            started.SetResult();
        });

        await using Subscription kept = master.Data.Events.Subscribe("/steps/*", after: master.Data.Events.LastSequence);
        Task<List<DataEvent>> read = kept.Next(2);
        await started.Task;
        await master.Data.Updates.SetStepStateString(1, "goes on");

        (await read).Select(e => e.Name).Should().Equal("started", "updated");
    }

    [Test]
    public async Task Read_EventIsPublishedAfterItWasReadFromTheTable_ArrivesOnce()
    {
        await using Master master = await Open();
        await AddSteps(master, 3);
        EventCursor last = master.Data.Events.LastCursor;
        List<StoredEvent> late = await master.Store.Read(
            static (session, after, token) => BuildData.Events.EventTable.Read(session, after, long.MaxValue, 2, token), last.Sequence - 2, CancellationToken.None);

        // This process is behind the store, as it is when notifications are late.
        master.Events.Dispatcher.EndAllAsLost(last.Sequence - 2);
        await using Subscription kept = master.Data.Events.Subscribe("/steps/*", last);
        Task<List<DataEvent>> read = kept.Next(1);
        await Until(() => master.Events.Dispatcher.MeasureBacklog().Subscribers == 1);
        master.Events.Dispatcher.Publish(late);
        await master.Data.Updates.SetStepStateString(1, "next");

        (await read).Single().Name.Should().Be("updated");
    }

    [Test]
    public async Task Read_EventsAreLostBeforeTheSubscriptionHasCaughtUp_ThrowsEventsLost()
    {
        (Master master, StoreWithDelayedReads store) = await OpenWithDelayedReads();
        await using Master opened = master;
        long buildId = await AddSteps(master, 1);
        store.AfterNextReads(
            () => Task.WhenAll(Enumerable.Range(0, MoreThanOnePage).Select(_ => master.Data.Updates.NewStep(buildId, "s"))),
            () =>
            {
                master.Events.Dispatcher.EndAllAsLost(master.Data.Events.LastSequence);
                return Task.CompletedTask;
            });

        Subscription kept = master.Data.Events.Subscribe("/steps/*", after: master.Data.Events.LastSequence);

        await kept.Awaiting(subscription => subscription.Rest()).Should().ThrowAsync<EventsLostException>();
    }

    [Test]
    public async Task Read_CancelledBetweenKeptEvents_EndsWithCancellation()
    {
        await using Master master = await Open();
        await AddSteps(master, 3);
        using var cancel = new CancellationTokenSource();
        await using Subscription kept = master.Data.Events.Subscribe("/steps/*", after: 0);
        await using IAsyncEnumerator<DataEvent> reader = kept.GetAsyncEnumerator(cancel.Token);
        await reader.MoveNextAsync();

        await cancel.CancelAsync();

        await reader.Awaiting(one => one.MoveNextAsync().AsTask()).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task Read_EventsAreCommittedButNotPublishedYet_Arrive()
    {
        await using Master master = await Open();
        await AddSteps(master, 1);
        long last = master.Data.Events.LastSequence;
        master.Events.Dispatcher.RecordCommittedUnpublished(last + 1, 1);
        await using Subscription kept = master.Data.Events.Subscribe("/steps/*", after: last);
        Task<List<DataEvent>> read = kept.Next(1);
        await Until(() => master.Events.Dispatcher.MeasureBacklog().Subscribers == 1);

        await master.Data.Updates.StartStep(1);
        await master.Data.Updates.SetStepStateString(1, "next");

        (await read).Single().Name.Should().Be("started");
    }

    [Test]
    public async Task Read_ManyEventsArePublishedBetweenPages_DoNotFillTheBuffer()
    {
        (Master master, StoreWithDelayedReads store) = await OpenWithDelayedReads(options => options.SubscriberBuffer = 2);
        await using Master opened = master;
        await AddSteps(master, MoreThanOnePage);
        store.AfterNextReads(
            () => Task.CompletedTask,
            async () =>
            {
                for (int i = 0; i < 5; i++)
                    await master.Data.Updates.SetStepStateString(1, $"{i}");
            });

        await using Subscription kept = master.Data.Events.Subscribe("/steps/*", after: 0);

        await using IAsyncEnumerator<DataEvent> reader = kept.GetAsyncEnumerator();
        for (int i = 0; i < MoreThanOnePage + 5; i++)
            await reader.MoveNextAsync();
        reader.Current.Name.Should().Be("updated");
        await master.Data.Updates.StartStep(1);
        await reader.MoveNextAsync();
        reader.Current.Name.Should().Be("started");
    }

    [Test]
    public async Task Read_MasterIsDisposedWhileTheLastPageIsRead_Ends()
    {
        (Master master, StoreWithDelayedReads store) = await OpenWithDelayedReads();
        await using Master opened = master;
        await AddSteps(master, 1);
        store.AfterNextReads(() =>
        {
            master.Events.Dispatcher.End();
            return Task.CompletedTask;
        });

        Subscription kept = master.Data.Events.Subscribe("/steps/*", after: 0);

        (await kept.Rest()).Select(e => e.Name).Should().Equal("new");
    }

    private Task<Master> Open(Action<BuildDataOptions>? configure = null) => Store.Open(options =>
    {
        options.TimeProvider = _clock;
        options.KeepEvents(Age);
        configure?.Invoke(options);
    });

    private static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Given.Patience);
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task<(Master Master, StoreWithDelayedReads Store)> OpenWithDelayedReads(Action<BuildDataOptions>? configure = null)
    {
        var inner = new BuildDataOptions();
        Store.Use(inner);
        StoreWithDelayedReads? store = null;
        Master master = await Open(options =>
        {
            options.UseStore(context => store = new StoreWithDelayedReads(inner.CreateStore(context)));
            configure?.Invoke(options);
        });
        return (master, store!);
    }

    private static async Task<long> AddSteps(Master master, int count)
    {
        long buildId = await master.Data.Updates.Build();
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => master.Data.Updates.NewStep(buildId, "s")));
        return buildId;
    }
}
