namespace BuildData.StoreContracts;

/// <summary>Stores are copied into stores of another kind.</summary>
/// <param name="kind">The kind of the sources.</param>
/// <param name="targetKind">The kind of the targets. It can be the same kind.</param>
public abstract class CopyTests(StoreKind kind, StoreKind targetKind) : StoreTests(kind)
{
    private TestClock _clock = null!;

    private TestStore Target { get; set; } = null!;

    [SetUp]
    public async Task CreateTarget()
    {
        _clock = new TestClock();
        Target = await targetKind.Create();
    }

    [TearDown]
    public async Task DisposeTarget()
    {
        if (Target is not null)
            await Target.DisposeAsync();
    }

    [Test]
    public async Task Run_StoreWithEverything_TargetHasTheSameResources()
    {
        await FillSource();
        Dictionary<string, string> expected;
        await using (Master source = await OpenChecker(Store))
            expected = await CopyWorld.ReadAll(source.Data);

        CopyResult result = await Copy();

        await using Master target = await OpenChecker(Target);
        (await CopyWorld.ReadAll(target.Data)).Should().BeEquivalentTo(expected);
        result.Tables.Single(table => table.Name == "steps").Rows.Should().Be(await target.Data.Count<Step>("/steps"));
    }

    [Test]
    public async Task Run_EmptyStore_TargetIsEmpty()
    {
        await using (await Store.Open())
        {
        }

        CopyResult result = await Copy();

        result.Tables.Where(table => table.Name is "masters" or "builders" or "builds").Select(table => table.Rows).Should().Equal(1, 0, 0);
        await using Master target = await Target.Open();
        (await target.Data.Count<Builder>("/builders")).Should().Be(0);
    }

    [Test]
    public async Task Run_IntoAFreshTarget_IdsAndNumbersContinue()
    {
        long lastRequest;
        long removedBuilder;
        AddedBuild lastBuild;
        await using (Master source = await OpenSource())
        {
            Updates updates = source.Data.Updates;
            (_, long request, long builder) = await updates.Request();
            lastBuild = await updates.AddBuild(builder, request);
            (_, lastRequest, _) = await updates.Request(stamp: new SourceStampKey { Revision = "2" });
            removedBuilder = await updates.FindBuilderId("removed");
            await updates.RemoveBuilder(removedBuilder);
        }

        await Copy();

        await using Master target = await Target.Open();
        (_, long next, long linux) = await target.Data.Updates.Request(stamp: new SourceStampKey { Revision = "3" });
        next.Should().BeGreaterThan(lastRequest);
        AddedBuild build = await target.Data.Updates.AddBuild(linux, next);
        build.BuildId.Should().BeGreaterThan(lastBuild.BuildId);
        build.Number.Should().Be(lastBuild.Number + 1);
        (await target.Data.Updates.FindBuilderId("new")).Should().BeGreaterThan(removedBuilder);
    }

    [Test]
    public async Task Run_SourceThatKeepsEvents_SubscriptionResumesAfterACursorOfTheSource()
    {
        EventCursor cursor;
        List<string> rest;
        await using (Master source = await OpenSource())
        {
            Subscription live = source.Data.Events.Subscribe("/steps/*");
            await source.Data.Updates.Steps(4);
            List<DataEvent> events = await live.Next(4);
            cursor = events[1].Cursor;
            rest = [.. events.Skip(2).Select(e => e.ToString())];
        }

        await Copy();

        await using Master target = await Target.Open(Configure);
        await using Subscription resumed = target.Data.Events.Subscribe("/steps/*", after: cursor);
        await target.Data.Updates.StartStep(4);
        List<DataEvent> received = await resumed.Next(3);
        received.Take(2).Select(e => e.ToString()).Should().Equal(rest);
        received[2].Sequence.Should().BeGreaterThan(received[1].Sequence);
    }

    [Test]
    public async Task Run_SourceThatKeepsAllEvents_TargetHasThemFromTheFirst()
    {
        List<string> expected;
        await using (Master source = await OpenSource())
        {
            await source.Data.Updates.Steps(3);
            expected = [.. (await source.AllEvents()).Select(e => e.ToString())];
        }

        await Copy();

        await using Master target = await Target.Open(Configure);
        (await target.AllEvents()).Select(e => e.ToString()).Take(expected.Count).Should().Equal(expected);
    }

    [Test]
    public async Task Run_SourceWithoutEvents_NewEventsHaveHigherNumbers()
    {
        long last;
        await using (Master source = await Store.Open())
        {
            await source.Data.Updates.Steps(3);
            last = source.Data.Events.LastSequence;
        }

        await Copy();

        await using Master target = await Target.Open();
        Subscription live = target.Data.Events.Subscribe("/steps/*");
        await target.Data.Updates.StartStep(1);
        (await live.Next(1))[0].Sequence.Should().BeGreaterThan(last);
    }

    [Test]
    public async Task Run_TargetWithData_IsRefused()
    {
        await FillSource();
        await using (await Target.Open())
        {
        }

        CopyRefusedException refused = (await FluentActions.Awaiting(() => Copy()).Should().ThrowAsync<CopyRefusedException>()).Which;

        refused.Reason.Should().Be(CopyRefusal.TargetNotEmpty);
        await using Master target = await Target.Open();
    }

    [Test]
    public async Task Run_StoreThatIsOpen_IsRefused()
    {
        await using Master source = await Store.Open();

        await FluentActions.Awaiting(() => Copy()).Should().ThrowAsync<StoreInUseException>();
    }

    [Test]
    public async Task Run_IntoItself_IsRefused()
    {
        await FillSource();

        await FluentActions.Awaiting(() => BuildDataCopy.Run(Store.Use, Store.Use)).Should().ThrowAsync<StoreException>();
    }

    [Test]
    public async Task Run_CancelledCopy_NoMasterOpensTheTarget()
    {
        await FillSource();
        await CopyUntil("buildrequests");

        UnfinishedCopyException unfinished = (await FluentActions.Awaiting(() => Target.Open()).Should().ThrowAsync<UnfinishedCopyException>()).Which;

        unfinished.Store.Should().NotBeEmpty();
    }

    [TestCase("masters")]
    [TestCase("buildsets")]
    [TestCase("steps")]
    [TestCase("history_removal")]
    public async Task Run_AfterACancelledCopy_CopiesTheRest(string table)
    {
        await FillSource();
        await CopyUntil(table);
        var progress = new Reports();

        CopyResult result = await Copy(progress);

        progress.All.Where(report => report.Phase == CopyPhase.Copying).Select(report => report.Table).Should().NotContain(table == "buildsets" ? "builders" : table);
        progress.All[^1].Rows.Should().Be(result.Rows).And.Be(progress.All[^1].TotalRows);
        await using Master target = await OpenChecker(Target);
        (await target.Data.GetAll<Buildset>("/buildsets")).Should().Contain(set => set.ParentBuildId != null).And.Contain(set => set.RebuiltBuildId != null);
    }

    [Test]
    public async Task Run_SourceWasOpenedSinceTheCopyBegan_IsRefused()
    {
        await FillSource();
        await CopyUntil("buildsets");
        _clock.Advance(TimeSpan.FromSeconds(1));
        await using (await OpenSource())
        {
        }

        CopyRefusedException refused = (await FluentActions.Awaiting(() => Copy()).Should().ThrowAsync<CopyRefusedException>()).Which;

        refused.Reason.Should().Be(CopyRefusal.OtherSource);
    }

    [Test]
    public async Task Run_UnfinishedCopyOfAnotherSource_IsRefused()
    {
        await FillSource();
        await CopyUntil("buildsets");
        await using TestStore other = await Kind.Create();
        await using (await other.Open())
        {
        }

        CopyRefusedException refused = (await FluentActions.Awaiting(() => BuildDataCopy.Run(other.Use, Target.Use)).Should().ThrowAsync<CopyRefusedException>()).Which;

        refused.Reason.Should().Be(CopyRefusal.OtherSource);
    }

    [Test]
    public async Task Run_FromAnUnfinishedCopy_IsRefused()
    {
        await FillSource();
        await CopyUntil("buildsets");
        await using TestStore third = await targetKind.Create();

        await FluentActions.Awaiting(() => BuildDataCopy.Run(Target.Use, third.Use)).Should().ThrowAsync<UnfinishedCopyException>();
    }

    [Test]
    public async Task Run_FinishedCopyAgain_ReturnsTheSameResult()
    {
        await FillSource();
        CopyResult first = await Copy();

        CopyResult second = await Copy();

        second.Tables.Should().Equal(first.Tables);
    }

    [Test]
    public async Task Run_FinishedCopyThatAMasterHasOpened_IsRefused()
    {
        await FillSource();
        await Copy();
        await using (await Target.Open())
        {
        }

        CopyRefusedException refused = (await FluentActions.Awaiting(() => Copy()).Should().ThrowAsync<CopyRefusedException>()).Which;

        refused.Reason.Should().Be(CopyRefusal.TargetNotEmpty);
    }

    [Test]
    public async Task Run_BackIntoTheFirstKind_HasTheSameChecksums()
    {
        await FillSource();
        CopyResult there = await Copy();
        await using TestStore third = await Kind.Create();

        CopyResult back = await BuildDataCopy.Run(Target.Use, third.Use);

        back.Tables.Should().Equal(there.Tables);
    }

    /// <summary>Sets the options of the masters that fill the source.</summary>
    private void Configure(BuildDataOptions options) => options.KeepEvents(TimeSpan.FromDays(1)).TimeProvider = _clock;

    private Task<Master> OpenSource() => Store.Open(Configure);

    // With another name, so that the check does not change the row of the master to compare.
    private Task<Master> OpenChecker(TestStore store) => store.Open(options =>
    {
        Configure(options);
        options.MasterName = "checker";
    });

    private async Task FillSource()
    {
        await using Master master = await OpenSource();
        await CopyWorld.Fill(master.Data.Updates, _clock);
    }

    private Task<CopyResult> Copy(IProgress<CopyProgress>? progress = null) => BuildDataCopy.Run(Store.Use, Target.Use, progress);

    /// <summary>Copies until the first rows of a table are copied, and cancels the rest.</summary>
    private async Task CopyUntil(string table)
    {
        using var stop = new CancellationTokenSource();
        var progress = new Reports(report =>
        {
            if (report.Table == table)
                stop.Cancel();
        });
        await FluentActions.Awaiting(() => BuildDataCopy.Run(Store.Use, Target.Use, progress, stop.Token)).Should().ThrowAsync<OperationCanceledException>();
    }

    private sealed class Reports(Action<CopyProgress>? onReport = null) : IProgress<CopyProgress>
    {
        public List<CopyProgress> All { get; } = [];

        public void Report(CopyProgress value)
        {
            All.Add(value);
            onReport?.Invoke(value);
        }
    }
}
