using Microsoft.Extensions.Time.Testing;

namespace BuildData.Tests;

/// <summary>A master's name is one process's at a time, and says whether that process is there.</summary>
internal sealed class MasterNamesTests
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);

    private PostgreSqlTestStore _store = null!;

    [SetUp]
    public async Task MakeStore() => _store = (PostgreSqlTestStore)await StoreKinds.PostgreSql.Create();

    [TearDown]
    public async Task RemoveStore()
    {
        // There is none if the test was skipped because there is no server.
        if (_store is not null)
            await _store.DisposeAsync();
    }

    [Test]
    public async Task Open_NameIsAnothersHere_IsRefused()
    {
        await using Master first = await Open("one");

        StoreInUseException error = (await this.Awaiting(tests => tests.Open("one")).Should().ThrowAsync<StoreInUseException>()).Which;

        error.Message.Should().Contain("'one'");
        error.Store.Should().EndWith($"/{_store.Database}");
    }

    [Test]
    public async Task Open_RefusedForItsName_LeavesTheOtherActive()
    {
        await using Master first = await Open("one");

        await this.Awaiting(tests => tests.Open("one")).Should().ThrowAsync<StoreInUseException>();

        (await first.Data.GetAll<MasterInfo>("/masters")).Should().ContainSingle().Which.Active.Should().BeTrue();
    }

    [Test]
    public async Task Open_NameWasDisposedOf_Works()
    {
        long first;
        await using (Master one = await Open("one"))
            first = await Id(one);

        await using Master again = await Open("one");

        (await Id(again)).Should().Be(first);
    }

    [Test]
    public async Task Open_ManyAtOnceOfOneName_OneGetsIt()
    {
        Master?[] masters = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            try
            {
                return await Open("one");
            }
            catch (StoreInUseException)
            {
                return null;
            }
        })));

        masters.Count(master => master is not null).Should().Be(1);
        await masters.Single(master => master is not null)!.DisposeAsync();
    }

    [Test]
    public async Task Open_NameIsAnotherProcesss_IsRefusedUntilThatIsKilled()
    {
        await using TestHost host = await TestHost.Start("pg-hold", _store.ConnectionString, "one");
        await this.Awaiting(tests => tests.Open("one")).Should().ThrowAsync<StoreInUseException>();

        await host.Kill();

        await _store.Until("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())", 0);
        await using Master master = await Open("one");
        (await Id(master)).Should().BePositive();
    }

    [Test]
    public async Task Masters_OneOfTwoHasLeft_OtherIsActive()
    {
        await using Master stays = await Open("stays");
        await (await Open("leaves")).DisposeAsync();

        ResourceList<MasterInfo> masters = await stays.Data.GetAll<MasterInfo>("/masters");

        masters.Select(master => (master.Name, master.Active)).Should().BeEquivalentTo([("stays", true), ("leaves", false)]);
    }

    [Test]
    public async Task Masters_AsTimeGoesBy_SayThatTheyAreThere()
    {
        await using Master beats = await Open("beats", Beat);
        await using Master looks = await Open("looks");
        long id = await Id(beats);

        for (int i = 0; i < 3; i++)
        {
            MasterInfo before = (await looks.Data.Get<MasterInfo>($"/masters/{id}"))!;
            await _store.Until($"SELECT last_active > {before.LastActive.UtcTicks / 10 - DateTimeOffset.UnixEpoch.UtcTicks / 10} FROM masters WHERE id = {id}", true);
            (await looks.Data.Get<MasterInfo>($"/masters/{id}"))!.Active.Should().BeTrue();
        }
    }

    [Test]
    public async Task UnclaimOfDeadMasters_ProcessWasKilled_IsNotActiveAndItsClaimsAreFree()
    {
        await using Master master = await Open("here");
        await using (TestHost host = await TestHost.Start("pg-hold", _store.ConnectionString, "killed"))
            await host.Kill();
        (_, long request, _) = await master.Data.Updates.Request();
        await _store.Scalar<int?>(
            $"UPDATE buildrequests SET claimed_at = 1, claimed_by = (SELECT id FROM masters WHERE name = 'killed') WHERE id = {request}; UPDATE masters SET last_active = 1 WHERE name = 'killed'");

        (await master.Data.Updates.ReleaseClaimsOfDeadMasters(TimeSpan.FromHours(1))).Should().Equal(request);

        (await master.Data.GetAll<MasterInfo>("/masters?active=false")).Select(info => info.Name).Should().Equal("killed");
    }

    [Test]
    public async Task UnclaimOfDeadMasters_LiveMastersClaims_AreLeft()
    {
        await using Master lives = await Open("lives");
        await using Master looks = await Open("looks");
        (_, long request, _) = await lives.Data.Updates.Request();
        await lives.Data.Updates.ClaimBuildRequests([request]);

        (await looks.Data.Updates.ReleaseClaimsOfDeadMasters(TimeSpan.FromHours(1))).Should().BeEmpty();

        (await looks.Data.Get<BuildRequest>($"/buildrequests/{request}"))!.Claimed.Should().BeTrue();
    }

    [Test]
    public async Task UnclaimOfDeadMasters_TwoAtOnce_GiveEachClaimBackOnce()
    {
        var clock = new FakeTimeProvider();
        const int Count = 100;
        long[] claimed = await ClaimAndClose(clock, Count);
        clock.Advance(TimeSpan.FromHours(1));
        await using Master first = await Open("first", clock: clock);
        await using Master second = await Open("second", clock: clock);
        Subscription events = first.Data.Events.Subscribe("/buildrequests/*", "unclaimed");

        IReadOnlyList<long>[] released = await Task.WhenAll(
            first.Data.Updates.ReleaseClaimsOfDeadMasters(TimeSpan.FromMinutes(5)), second.Data.Updates.ReleaseClaimsOfDeadMasters(TimeSpan.FromMinutes(5)));

        released.SelectMany(ids => ids).Order().Should().Equal(claimed);
        await first.Data.Updates.FindBuilderId("last");
        await first.DisposeAsync();
        (await events.Rest()).Select(e => ((BuildRequest)e.Resource).BuildRequestId).Should().Equal(claimed);
    }

    [Test]
    public async Task UnclaimOfDeadMasters_ItselfWasNotHeardForLong_TakesNobodyForDeadUntilItHasBeenHeardAgain()
    {
        TimeSpan beat = TimeSpan.FromMinutes(1);
        TimeSpan patience = TimeSpan.FromMinutes(5);
        var clock = new FakeTimeProvider();
        long[] claimed = await ClaimAndClose(clock, 2);
        await using Master master = await Open("one", beat, clock);

        // Nobody was heard in that hour, as if the database had not been there.
        await HeartbeatAfter(clock, TimeSpan.FromHours(1));
        (await master.Data.Updates.ReleaseClaimsOfDeadMasters(patience)).Should().BeEmpty();
        for (TimeSpan heard = TimeSpan.Zero; heard < patience; heard += beat)
        {
            (await master.Data.Updates.ReleaseClaimsOfDeadMasters(patience)).Should().BeEmpty();
            await HeartbeatAfter(clock, beat);
        }

        (await master.Data.Updates.ReleaseClaimsOfDeadMasters(patience)).Should().Equal(claimed);
    }

    /// <summary>Lets time go by, and the master say then that it is there.</summary>
    private async Task HeartbeatAfter(FakeTimeProvider clock, TimeSpan time)
    {
        clock.Advance(time);
        await _store.Until("SELECT last_active FROM masters WHERE name = 'one'", clock.GetUtcNow().ToUnixTimeMilliseconds() * 1000);
    }

    private async Task<long[]> ClaimAndClose(FakeTimeProvider clock, int count)
    {
        await using Master master = await Open("gone", clock: clock);
        var builders = new List<long>();
        for (int i = 0; i < count; i++)
            builders.Add(await master.Data.Updates.FindBuilderId($"builder {i}"));
        AddedBuildset added = await master.Data.Updates.AddBuildset(builderIds: builders);
        await master.Data.Updates.ClaimBuildRequests([.. added.BuildRequestIds.Values]);
        return [.. added.BuildRequestIds.Values.Order()];
    }

    private Task<Master> Open(string name, TimeSpan? heartbeat = null, FakeTimeProvider? clock = null) => _store.Open(options =>
    {
        options.MasterName = name;
        options.Heartbeat = heartbeat ?? options.Heartbeat;
        options.TimeProvider = clock ?? options.TimeProvider;
    });

    private static async Task<long> Id(Master master) =>
        (await master.Data.GetAll<MasterInfo>("/masters?active=true")).First(info => info.Name is "one" or "beats").MasterId;
}
