namespace BuildData.Tests;

/// <summary>Several masters share a store from which old history is removed.</summary>
internal sealed class HistoryOfMastersTests
{
    private static readonly HistoryPolicy KeepsOne = new(TimeSpan.FromDays(30), atLeastPerBuilder: 1);

    private TestClock _clock = null!;
    private PostgreSqlTestStore _store = null!;
    private Master _first = null!;
    private Master _second = null!;

    [SetUp]
    public async Task OpenMasters()
    {
        _store = (PostgreSqlTestStore)await StoreKinds.PostgreSql.Create();
        _clock = new TestClock();
        _first = await Open("first");
        _second = await Open("second");
    }

    [TearDown]
    public async Task CloseMasters()
    {
        // There is none if the test was skipped because there is no server.
        if (_store is null)
            return;
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Test]
    public async Task Prune_OfTwoMastersAtOnce_RemovesEachBuildOnce()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _first.Data.Updates.AddFinished(_first.Data, count: 20, $"builder {i}")));
        _clock.Advance(TimeSpan.FromDays(60));

        // A master that is refused tries again, until both have found nothing.
        PruneResult[] results = await Task.WhenAll(new[] { _first, _second }.Select(master => Task.Run(async () =>
        {
            var sum = new PruneResult();
            bool isDone = false;
            while (!isDone)
            {
                PruneResult result = await master.Data.Updates.Prune(KeepsOne);
                sum = sum with { Builds = sum.Builds + result.Builds, Steps = sum.Steps + result.Steps, Buildsets = sum.Buildsets + result.Buildsets };
                isDone = !result.IsRunningElsewhere && result.Builds == 0;
            }

            return sum;
        })));

        results.Sum(result => result.Builds).Should().Be(8 * 19);
        results.Sum(result => result.Steps).Should().Be(8 * 19 * 2);
        results.Sum(result => result.Buildsets).Should().Be(8 * 19);
        (await _second.Data.Count<Build>("/builds")).Should().Be(8);
    }

    [Test]
    public async Task Prune_WhileAnotherMasterHasTheLease_DoesNothing()
    {
        await _first.Data.Updates.AddFinished(_first.Data, count: 2);
        _clock.Advance(TimeSpan.FromDays(60));
        await _store.Scalar<int?>(FormattableString.Invariant($"UPDATE history_removal SET master_id = {_second.Id}, at = {_clock.GetUtcNow().ToUnixTimeMilliseconds() * 1000}"));

        PruneResult refused = await _first.Data.Updates.Prune(KeepsOne);
        _clock.Advance(TimeSpan.FromMinutes(2));
        PruneResult result = await _first.Data.Updates.Prune(KeepsOne);

        refused.Should().Be(new PruneResult { IsRunningElsewhere = true });
        result.Builds.Should().Be(1, "the other master has not renewed its lease");
    }

    [Test]
    public async Task AddBuildset_WithASourceStampThatAnotherMasterHasRemoved_AddsItAgain()
    {
        long stamp = await AddOldBuildOfSecond();
        await _first.Data.Updates.Prune(KeepsOne);

        AddedBuildset added = await _second.Data.Updates.AddBuildset(sourceStamps: [Given.Main]);

        (await _second.Data.Get<Buildset>($"/buildsets/{added.BuildsetId}"))!.SourceStamps.Should().ContainSingle().Which.SourceStampId.Should().BeGreaterThan(stamp);
        await _second.Data.Updates.Awaiting(updates => updates.AddBuildset(sourceStamps: [stamp])).Should().ThrowAsync<ResourceNotFoundException>();
    }

    [Test]
    public async Task AddBuildset_WithABuildThatAnotherMasterHasRemoved_FailsAsNotFound()
    {
        await AddOldBuildOfSecond();
        await _second.Data.Updates.AddBuildset();
        await _first.Data.Updates.Prune(KeepsOne);

        await _second.Data.Updates.Awaiting(updates => updates.AddBuildset(parentBuildId: 1)).Should().ThrowAsync<ResourceNotFoundException>();
        await _second.Data.Updates.Awaiting(updates => updates.Transaction(u => u.AddBuildset(rebuiltBuildId: 1))).Should().ThrowAsync<ResourceNotFoundException>();
        await _second.Data.Updates.Awaiting(updates => updates.NewStep(1, "late")).Should().ThrowAsync<ResourceNotFoundException>();
        await _second.Data.Updates.Awaiting(updates => updates.SetBuildProperty(1, "a", (1, "test"))).Should().ThrowAsync<ResourceNotFoundException>();
    }

    [Test]
    public async Task AddBuildset_ManyWhileTheirSourceStampsAreRemoved_AllSucceed()
    {
        SourceStampKey[] stamps = [.. Enumerable.Range(0, 10).Select(i => new SourceStampKey { Revision = $"{i}" })];
        for (int round = 0; round < 20; round++)
        {
            foreach (SourceStampKey stamp in stamps)
                await _second.Data.Updates.AddBuildset(sourceStamps: [stamp]);
            await _second.Data.Updates.AddBuildset();
            _clock.Advance(TimeSpan.FromDays(60));

            Task<PruneResult> pruning = _first.Data.Updates.Prune(KeepsOne);
            await Task.WhenAll(stamps.SelectMany(stamp => Enumerable.Range(0, 4).Select(_ => _second.Data.Updates.AddBuildset(sourceStamps: [stamp]))));

            await pruning;
        }

        foreach (Buildset buildset in await _first.Data.GetAll<Buildset>("/buildsets?order=-bsid&limit=40"))
            buildset.SourceStamps.Should().ContainSingle();
    }

    [Test]
    public async Task Prune_WithLockedRows_LeavesThemAndDoesNotWait()
    {
        Build[] builds = await _first.Data.Updates.AddFinished(_first.Data, count: 4);
        _clock.Advance(TimeSpan.FromDays(60));
        PruneResult result = null!;

        await _second.Data.Updates.Transaction(async updates =>
        {
            await updates.SetBuildStateString(builds[0].BuildId, "locked");
            result = await Task.Run(() => _first.Data.Updates.Prune(KeepsOne));
        });

        result.Builds.Should().Be(2);
        (await _first.Data.Updates.Prune(KeepsOne)).Builds.Should().Be(1);
    }

    /// <summary>Lets the second master know a build and its source stamp, which then become old.</summary>
    private async Task<long> AddOldBuildOfSecond()
    {
        await _second.Data.Updates.AddFinished(_second.Data, stamp: Given.Main);
        await _second.Data.Updates.AddBuildset(sourceStamps: [Given.Main], parentBuildId: 1);
        await _second.Data.Updates.SetBuildProperty(1, "known", (true, "test"));
        await _second.Data.Updates.AddFinished(_second.Data);
        _clock.Advance(TimeSpan.FromDays(60));
        return 1;
    }

    private Task<Master> Open(string name) => _store.Open(options =>
    {
        options.MasterName = name;
        options.TimeProvider = _clock;
        options.CollapseBuildRequests = CollapsePolicy.Never;
    });
}
