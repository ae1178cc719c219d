using Microsoft.Extensions.Time.Testing;

namespace BuildData.StoreContracts;

public abstract class EventHistoryTests(StoreKind kind) : StoreTests(kind)
{
    private static readonly TimeSpan Age = TimeSpan.FromHours(1);

    private FakeTimeProvider _clock = null!;

    [SetUp]
    public void MakeClock() => _clock = new FakeTimeProvider();

    [Test]
    public async Task Subscribe_AfterWhatWasDealtWith_GoesOnAcrossRestarts()
    {
        List<DataEvent> first;
        await using (Master master = await Open())
        {
            Subscription live = master.Data.Events.Subscribe("/steps/*");
            await AddSteps(master, 5);
            first = await live.Next(5);
        }

        await using Master again = await Open();
        await using Subscription rest = again.Data.Events.Subscribe("/steps/*", after: first[1].Sequence);
        await again.Data.Updates.StartStep(1);

        List<DataEvent> events = await rest.Next(4);
        events.Take(3).Select(e => (e.Sequence, e.Path, e.Name)).Should().Equal(first.Skip(2).Select(e => (e.Sequence, e.Path, e.Name)));
        (events[3].Path, events[3].Name).Should().Be(("/steps/1", "started"));
        events[3].Sequence.Should().BeGreaterThan(events[2].Sequence);
    }

    [Test]
    public async Task Subscribe_AfterZero_GivesAllThereWasAndWhatComes()
    {
        await using Master master = await Open();
        Subscription live = master.Data.Events.Subscribe(Given.Everything);
        await new SmallWorld(master.Data.Updates, _clock).Grow();
        await using Subscription kept = master.Data.Events.Subscribe(Given.Everything, after: 0);
        await TellLast(master);

        List<DataEvent> events = await kept.UpTo(IsLast);

        events.Select(e => e.ToString()).Should().Equal((await live.UpTo(IsLast)).Select(e => e.ToString()));
    }

    [Test]
    public async Task Subscribe_PatternAndNames_HoldForKeptEventsToo()
    {
        await using Master master = await Open();
        long buildId = await AddSteps(master, 2);
        await AddSteps(master, 1);
        await master.Data.Updates.StartStep(3);
        await master.Data.Updates.StartStep(2);
        await master.Data.Updates.FinishStep(2, BuildResult.Success, hidden: false);

        await using Subscription<Step> kept = master.Data.Events.Subscribe<Step>($"/builds/{buildId}/steps/*", after: 0, "started", "new");
        await master.Data.Updates.StartStep(1);

        var seen = new List<(long, string)>();
        await foreach (DataEvent<Step> e in kept)
        {
            seen.Add((e.Resource.StepId, e.Name));
            if (seen.Count == 4)
                break;
        }

        seen.Should().Equal((1, "new"), (2, "new"), (2, "started"), (1, "started"));
    }

    [Test]
    public async Task Subscribe_WhileManyWrite_GetsEveryEventOnceAcrossTheJoin()
    {
        await using Master master = await Open();
        Updates updates = master.Data.Updates;
        long buildId = await updates.Build();
        Subscription live = master.Data.Events.Subscribe(Given.Everything);
        using var end = new CancellationTokenSource();
        Task<long>[] writers = [.. Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
        {
            long written = 0;
            for (; written < 30 || !end.IsCancellationRequested; written++)
                await updates.NewStep(buildId, "s");
            return written;
        }))];

        // Each begins at another of the events so far, and reads on while more are written.
        var joins = new List<(long After, Task<List<DataEvent>> Events)>();
        for (int i = 0; i < 40; i++)
        {
            long after = master.Data.Events.LastSequence * i / 40;
            Subscription subscription = master.Data.Events.Subscribe(Given.Everything, after);
            joins.Add((after, Task.Run(() => ToTheEnd(subscription))));
            await updates.SetBuildStateString(buildId, $"{i}");
        }

        await end.CancelAsync();
        await Task.WhenAll(writers);
        await updates.FinishBuild(buildId, BuildResult.Success);

        long[] all = [.. (await ToTheEnd(live)).Select(e => e.Sequence)];
        all.Should().HaveCount((int)writers.Sum(writer => writer.Result) + 41).And.BeInAscendingOrder().And.OnlyHaveUniqueItems();
        foreach ((long after, Task<List<DataEvent>> events) in joins)
        {
            long[] before = [.. (await events).Select(e => e.Sequence).Where(sequence => sequence < all[0])];
            (await events).Select(e => e.Sequence).Should().Equal([.. before, .. all.Where(sequence => sequence > after)]);
        }
    }

    [Test]
    public async Task Update_WhatHasNotExpired_IsKept()
    {
        await using Master master = await Open();
        await AddSteps(master, 100);
        _clock.Advance(Age - TimeSpan.FromSeconds(1));

        await master.Data.Updates.StartStep(1);

        await using Subscription kept = master.Data.Events.Subscribe("/steps/*", after: 0);
        (await kept.Next(101)).Select(e => e.Name).Should().Equal([.. Enumerable.Repeat("new", 100), "started"]);
    }

    [Test]
    public async Task Read_CursorBeyondTheEnd_Fails()
    {
        await using Master master = await Open();
        await AddSteps(master, 1);
        long last = master.Data.Events.LastSequence;

        (await master.Awaiting(one => one.Data.Events.Subscribe("/steps/*", after: last + 1).Rest()).Should().ThrowAsync<CursorExpiredException>())
            .Which.Latest.Should().Be(last);
    }

    [Test]
    public async Task Sequence_AcrossReopenings_NeverGoesBack()
    {
        var sequences = new List<long>();
        foreach (bool keep in (bool[])[true, true, false, false, true, false, true])
        {
            await using Master master = keep ? await Open() : await Store.Open(options => options.TimeProvider = _clock);
            Subscription live = master.Data.Events.Subscribe("/steps/*");
            await AddSteps(master, 3);
            sequences.AddRange((await live.Next(3)).Select(e => e.Sequence));
        }

        sequences.Should().HaveCount(21).And.BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    [Test]
    public async Task Subscribe_EventsAreNotKept_IsRefused()
    {
        await using Master master = await Store.Open();

        master.Data.Events.Invoking(events => events.Subscribe("/steps/*", after: 0)).Should().Throw<InvalidOperationException>().WithMessage("*KeepEvents*");
    }

    [Test]
    public async Task Subscribe_AfterANegativeNumber_IsRefused()
    {
        await using Master master = await Open();

        master.Data.Events.Invoking(events => events.Subscribe("/steps/*", after: -1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Test]
    public async Task Subscribe_AfterLagging_DeliversExactlyTheRest()
    {
        await using Master master = await Open(options => options.SubscriberBuffer = 10);
        Subscription slow = master.Data.Events.Subscribe("/steps/*");
        await AddSteps(master, 50);
        var got = new List<DataEvent>();
        Func<Task> read = async () =>
        {
            await foreach (DataEvent e in slow)
                got.Add(e);
        };
        SubscriberLaggedException lagged = (await read.Should().ThrowAsync<SubscriberLaggedException>()).Which;

        await using Subscription rest = master.Data.Events.Subscribe("/steps/*", lagged.LastSequence);
        got.AddRange(await rest.UpTo(master.Data.Events.LastSequence));

        got.Select(e => ((Step)e.Resource).Number).Should().Equal(Enumerable.Range(0, 50).Select(number => (long)number));
    }

    [Test]
    public async Task Subscribe_WithProperties_KeptEventsCarryThem()
    {
        await using Master master = await Open();
        Updates updates = master.Data.Updates;
        long linux = await updates.FindBuilderId("linux");
        AddedBuildset added = await updates.AddBuildset(builderIds: [linux], properties: new() { ["owner"] = ("ann", "S") });
        AddedBuild build = await updates.AddBuild(linux, added.BuildRequestIds[linux]);
        await updates.SetBuildProperty(build.BuildId, "rev", ("9f", "Git"));
        await updates.SetBuildProperty(build.BuildId, "other", (1.5, "Git"));
        await updates.FinishBuild(build.BuildId, BuildResult.Success);

        await using Subscription all = master.Data.Events.Subscribe(["/builds/*?property=*", "/buildrequests/*?property=*"], after: 0);
        await using Subscription some = master.Data.Events.Subscribe("/builds/*?property=rev", after: 0);
        await using Subscription none = master.Data.Events.Subscribe("/builds/*", after: 0);

        (await all.Next(3)).Select(e => e.Resource is Build one ? one.Properties : ((BuildRequest)e.Resource).Properties).Should().Equal(
            new PropertyMap { ["owner"] = ("ann", "S") }, new PropertyMap(), new PropertyMap { ["rev"] = ("9f", "Git"), ["other"] = (1.5, "Git") });
        (await some.Next(2)).Select(e => ((Build)e.Resource).Properties).Should().Equal(new PropertyMap(), new PropertyMap { ["rev"] = ("9f", "Git") });
        (await none.Next(2)).Select(e => ((Build)e.Resource).Properties).Should().Equal(new PropertyMap(), new PropertyMap());
    }

    [Test]
    public async Task Read_KeptResource_EqualsTheOneThatWasAnnouncedAndTheOneThatIsStored()
    {
        List<DataEvent> live;
        await using (Master master = await Open())
        {
            Subscription subscription = master.Data.Events.Subscribe(Given.Everything);
            var world = new SmallWorld(master.Data.Updates, _clock);
            _clock.Advance(TimeSpan.FromMicroseconds(123_456));
            for (int i = 0; i < 3; i++)
                await world.Grow();
            await master.Data.Updates.AddBuildset(
                reason: "\0\u001f\"\\ \u2028 \U0001F600 \uFFFF </script> é",
                sourceStamps: [new SourceStampKey { Patch = new PatchKey { Body = "-a\n+b\n", Author = "ann" } }],
                properties: new() { ["odd"] = Property.Parse("""{"a":[1.0,1e400,-0.0,12345678901234567890123,null,true,"\ud83d\ude00"],"":{}}""", "") });
            await TellLast(master);
            live = await subscription.UpTo(IsLast);
        }

        await using Master again = await Open();
        await using Subscription kept = again.Data.Events.Subscribe(Given.Everything, after: 0);
        List<DataEvent> events = await kept.UpTo(IsLast);

        events.Select(e => e.Resource).Should().Equal(live.Select(e => e.Resource));
        var latest = events.Where(e => e.Resource is not (PropertyMap or BuilderOnMaster)).GroupBy(e => e.Path).Select(changes => changes.Last())
            .Where(last => last.Name != "removed").Select(last => Announced(last.Resource)).ToHashSet();
        object[] stored =
        [
            .. await again.Data.GetAll<Buildset>("/buildsets"), .. await again.Data.GetAll<BuildRequest>("/buildrequests"), .. await again.Data.GetAll<Build>("/builds"),
            .. await again.Data.GetAll<Step>("/steps"), .. (await again.Data.GetAll<Builder>("/builders")).Select(Announced),
        ];
        latest.Except(stored).Should().BeEmpty();
        latest.Should().HaveSameCount(stored);
    }

    /// <summary>Returns a resource without the masters of a builder, whose events contain only one of them.</summary>
    private static object Announced(object resource) => resource is Builder builder ? builder with { MasterIds = [] } : resource;

    [Test]
    public async Task Read_MasterIsDisposedBefore_Ends()
    {
        Master master = await Open();
        await AddSteps(master, 1);
        Subscription kept = master.Data.Events.Subscribe("/steps/*", after: 0);

        await master.DisposeAsync();

        (await kept.Rest()).Should().BeEmpty("what is kept can't be read any more");
        master.Data.Events.Invoking(events => events.Subscribe("/steps/*", after: 0)).Should().Throw<ObjectDisposedException>();
    }

    [Test]
    public async Task Read_CancelledToken_EndsWithCancellation()
    {
        await using Master master = await Open();
        await AddSteps(master, 1);
        Subscription kept = master.Data.Events.Subscribe("/steps/*", after: 0);
        using var cancel = new CancellationTokenSource();
        await using IAsyncEnumerator<DataEvent> reader = kept.GetAsyncEnumerator(cancel.Token);
        await reader.MoveNextAsync();

        ValueTask<bool> waiting = reader.MoveNextAsync();
        await cancel.CancelAsync();

        await waiting.AsTask().Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task Subscribe_FirstUseOfTheMaster_OpensTheStore()
    {
        await using (Master first = await Open())
            await AddSteps(first, 1);
        var options = new BuildDataOptions { TimeProvider = _clock };
        Store.Use(options.KeepEvents(Age));
        await using var master = new Master(options);

        await using Subscription kept = master.Data.Events.Subscribe("/steps/*", after: 0);

        (await kept.Next(1)).Single().Path.Should().Be("/steps/1");
    }

    [Test]
    public async Task KeepEvents_ForEver_Works()
    {
        await using Master master = await Open(options => options.KeepEvents(TimeSpan.MaxValue));
        await AddSteps(master, 1);
        _clock.AdjustTime(_clock.GetUtcNow().AddDays(10_000));
        await master.Data.Updates.StartStep(1);

        await using Subscription kept = master.Data.Events.Subscribe("/steps/*", after: 0);

        (await kept.Next(2)).Select(e => e.Name).Should().Equal("new", "started");
    }

    [Test]
    public async Task Transaction_FirstAndEmpty_KeepsNothingAndWorks()
    {
        await using Master master = await Open();

        await master.Data.Updates.Transaction(_ => Task.CompletedTask);

        await AddSteps(master, 1);
        await using Subscription kept = master.Data.Events.Subscribe("/steps/*", after: 0);
        (await kept.Next(1)).Single().Path.Should().Be("/steps/1");
    }

    [Test]
    public async Task Subscribe_NumberBelongsToAnotherEventNow_EndsWithThat()
    {
        await using Master master = await Open();
        await AddSteps(master, 3);
        EventCursor last = master.Data.Events.LastCursor;
        var other = new EventCursor(last.Sequence - 1, last.At!.Value.AddTicks(TimeSpan.TicksPerMicrosecond));

        Func<Task> resume = () => master.Data.Events.Subscribe("/steps/*", other).Rest();

        (await resume.Should().ThrowAsync<EventsLostException>()).Which.Cursor.Should().Be(other);
    }

    [Test]
    public async Task Subscribe_CursorOfALaterEventThanThereIs_EndsWithThat()
    {
        await using Master master = await Open();
        await AddSteps(master, 3);

        Func<Task> resume = () => master.Data.Events.Subscribe("/steps/*", new EventCursor(1_000_000, _clock.GetUtcNow())).Rest();

        await resume.Should().ThrowAsync<EventsLostException>();
    }

    [Test]
    public async Task Subscribe_FromTheCursorOfAnEvent_GetsTheNext()
    {
        await using Master master = await Open();
        await AddSteps(master, 3);
        DataEvent first = (await master.Data.Events.Subscribe("/steps/*", after: 0).Next(1)).Single();

        await using Subscription rest = master.Data.Events.Subscribe("/steps/*", EventCursor.Parse(first.Cursor.ToString()));

        (await rest.Next(1)).Single().Path.Should().Be("/steps/2");
        first.At.Should().BeCloseTo(_clock.GetUtcNow(), TimeSpan.FromMilliseconds(1));
    }

    [TestCase(0)]
    [TestCase(-1)]
    public void KeepEvents_AgeThatIsNotPositive_IsRefused(int seconds) =>
        new BuildDataOptions().Invoking(options => options.KeepEvents(TimeSpan.FromSeconds(seconds))).Should().Throw<ArgumentOutOfRangeException>();

    private Task<Master> Open(Action<BuildDataOptions>? configure = null) => Store.Open(options =>
    {
        options.TimeProvider = _clock;
        options.KeepEvents(Age);
        configure?.Invoke(options);
    });

    private static async Task<long> AddSteps(Master master, int count)
    {
        long buildId = await master.Data.Updates.Build();
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => master.Data.Updates.NewStep(buildId, "s")));
        return buildId;
    }

    /// <summary>Changes the first step, after which nothing is written but heartbeats.</summary>
    private static Task TellLast(Master master) => master.Data.Updates.SetStepStateString(1, "last");

    private static bool IsLast(DataEvent e) => e.Resource is Step { StateString: "last" };

    /// <summary>Returns all events up to the end of a build, after which nothing is written.</summary>
    private static Task<List<DataEvent>> ToTheEnd(Subscription subscription) => subscription.UpTo(e => e is { Resource: Build, Name: "finished" });
}
