namespace BuildData.Tests;

/// <summary>Callers on two masters ask for buildsets with the same keys: each is added once, and no update fails.</summary>
internal sealed class UniqueKeyOfMastersTests
{
    private PostgreSqlTestStore _store = null!;
    private Master _first = null!;
    private Master _second = null!;

    [SetUp]
    public async Task OpenMasters()
    {
        _store = (PostgreSqlTestStore)await StoreKinds.PostgreSql.Create();
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
    public async Task AddBuildset_ManyCallersOfTwoMasters_AddEachKeyOnce()
    {
        const int Callers = 32;
        const int Keys = 20;
        long[] builders = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => _first.Data.Updates.FindBuilderId($"builder {i}")));
        await using Subscription announced = _first.Data.Events.Subscribe("/buildsets/*", "new");

        AddedBuildset[][] results = await Task.WhenAll(new[] { _first, _second }.SelectMany(master => Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            // The callers go through the keys in different directions, so masters meet each other in any order.
            var got = new AddedBuildset[Keys];
            for (int i = 0; i < Keys; i++)
            {
                int key = caller % 2 == 0 ? i : Keys - 1 - i;
                got[key] = await master.Data.Updates.AddBuildset(sourceStamps: [Given.Main], builderIds: builders, uniqueKey: $"delivery-{key}");
                await master.Data.Updates.FindWorkerId($"worker-{caller}");
            }

            return got;
        }))));

        for (int key = 0; key < Keys; key++)
        {
            results.Count(got => got[key].IsNew).Should().Be(1);
            results.Select(got => got[key].BuildsetId).Distinct().Should().ContainSingle();
            results.Select(got => string.Join(' ', builders.Select(builder => got[key].BuildRequestIds[builder]))).Distinct().Should().ContainSingle();
        }

        (await announced.Next(Keys)).Select(e => ((Buildset)e.Resource).BuildsetId).Should().BeEquivalentTo(results[0].Select(result => result.BuildsetId));
        (await _store.Scalar<long>("SELECT count(*) FROM buildsets")).Should().Be(Keys);
        (await _store.Scalar<long>("SELECT count(*) FROM buildrequests")).Should().Be(Keys * builders.Length);
    }

    [Test]
    public async Task Transactions_OfTwoMastersThatFindOrAdd_LeaveOneBuildset()
    {
        long linux = await _first.Data.Updates.FindBuilderId("linux");
        using var both = new Barrier(2);

        AddedBuildset[] results = await Task.WhenAll(new[] { _first, _second }.Select(master => Task.Run(async () =>
        {
            AddedBuildset? result = null;
            await master.Data.Updates.Transaction(async updates =>
            {
                both.SignalAndWait(Given.Patience).Should().BeTrue();
                result = await updates.AddBuildset(builderIds: [linux], uniqueKey: "delivery-1");
            });
            return result!;
        })));

        results.Select(result => result.IsNew).Should().BeEquivalentTo([true, false]);
        results[1].BuildsetId.Should().Be(results[0].BuildsetId);
        results[1].BuildRequestIds.Should().BeEquivalentTo(results[0].BuildRequestIds);
        (await _store.Scalar<long>("SELECT count(*) FROM buildsets")).Should().Be(1);
    }

    [Test]
    public async Task AddBuildset_ATransactionHoldsTheKey_WaitsApartFromOtherUpdates()
    {
        var added = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        AddedBuildset? inside = null;
        Task transaction = _first.Data.Updates.Transaction(async updates =>
        {
            inside = await updates.AddBuildset(uniqueKey: "delivery-1");
            added.SetResult();
            await end.Task;
        });
        await added.Task;

        Task<AddedBuildset> waiting = _second.Data.Updates.AddBuildset(uniqueKey: "delivery-1");
        await _second.Data.Updates.AddBuildset(uniqueKey: "delivery-2").WaitAsync(Given.Patience);

        waiting.IsCompleted.Should().BeFalse();
        end.SetResult();
        await transaction;
        ((await waiting).BuildsetId, (await waiting).IsNew).Should().Be((inside!.BuildsetId, false));
    }

    private Task<Master> Open(string name) => _store.Open(options => options.MasterName = name);
}
