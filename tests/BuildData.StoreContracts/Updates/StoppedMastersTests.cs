using Microsoft.Extensions.Time.Testing;

namespace BuildData.StoreContracts;

/// <summary>Nothing is left of a master that was stopped or has died.</summary>
public abstract class StoppedMastersTests(StoreKind kind) : StoreTests(kind)
{
    private static readonly string[] Patterns = [.. Given.Everything, "/workers/*", "/masters/*"];

    private FakeTimeProvider _clock = null!;

    [SetUp]
    public void SetClock() => _clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));

    [Test]
    public async Task MasterStopped_OfAnother_EndsEverythingInOneChange()
    {
        long gone = await LeaveWork();
        Master master = await Open("here");
        await master.Data.Updates.MasterActive(gone);
        Subscription events = master.Data.Events.Subscribe(Patterns);

        await master.Data.Updates.MasterStopped(gone);

        await ShouldBeEmpty(master, gone);
        await master.DisposeAsync();
        List<DataEvent> announced = await events.Rest();
        announced.Select(e => e.Name).Should().Equal("disconnected", "stopped", "finished", "finished", "unclaimed", "stopped");
        announced.Select(e => e.At).Distinct().Should().ContainSingle();
        announced[^1].Resource.Should().BeOfType<MasterInfo>().Which.Active.Should().BeFalse();
    }

    [Test]
    public async Task ReleaseClaimsOfDeadMasters_OneHasLeftWork_EndsIt()
    {
        long gone = await LeaveWork();
        _clock.Advance(TimeSpan.FromHours(1));
        await using Master master = await Open("here");

        (await master.Data.Updates.ReleaseClaimsOfDeadMasters(TimeSpan.FromMinutes(5))).Should().Equal(1);

        await ShouldBeEmpty(master, gone);
    }

    [Test]
    public async Task ExpireMasters_ThisOneIsSilent_IsStoppedToo()
    {
        await using Master master = await Open("here", silent: true);
        await master.Data.Updates.UpdateBuilderList(["linux"]);
        _clock.Advance(TimeSpan.FromMinutes(11));

        await master.Data.Updates.ExpireMasters();

        MasterInfo own = (await master.Data.GetAll<MasterInfo>("/masters"))[0];
        own.Active.Should().BeFalse();
        (await master.Data.GetAll<Builder>($"/masters/{own.MasterId}/builders")).Should().BeEmpty();
    }

    [Test]
    public async Task ExpireMasters_OfAStoppedMaster_LeavesItsWorkUnlessForced()
    {
        long gone = await LeaveWork();
        _clock.Advance(TimeSpan.FromMinutes(11));
        await using Master master = await Open("here");

        await master.Data.Updates.ExpireMasters();
        (await master.Data.GetAll<Builder>($"/masters/{gone}/builders")).Should().NotBeEmpty();
        await master.Data.Updates.ExpireMasters(forceHouseKeeping: true);

        await ShouldBeEmpty(master, gone);
    }

    [Test]
    public async Task MasterActive_OfAStoppedMaster_IsAnnouncedOnce()
    {
        long gone = await LeaveWork();
        Master master = await Open("here");
        Subscription events = master.Data.Events.Subscribe("/masters/*");

        await master.Data.Updates.MasterActive(gone);
        await master.Data.Updates.MasterActive(gone);

        await master.DisposeAsync();
        (await events.Rest()).Select(e => (e.Name, e.Path)).Should().Equal(("started", $"/masters/{gone}"));
    }

    [Test]
    public async Task Watch_OfAMaster_SeesItStop()
    {
        long gone = await LeaveWork();
        await using Master master = await Open("here");
        await using Watch<MasterInfo> watch = await master.Data.Watch<MasterInfo>($"/masters/{gone}");

        await master.Data.Updates.MasterActive(gone);
        await master.Data.Updates.MasterStopped(gone);

        (await watch.Next(2)).Select(change => (change.EventName, change.Resource.Active)).Should().Equal(("started", true), ("stopped", false));
    }

    private static async Task ShouldBeEmpty(Master master, long gone)
    {
        (await master.Data.GetAll<Builder>($"/masters/{gone}/builders")).Should().BeEmpty();
        (await master.Data.GetAll<Worker>("/workers")).Should().OnlyContain(worker => worker.ConfiguredOn.Count == 0 && worker.ConnectedTo.Count == 0);
        (await master.Data.GetAll<Build>($"/masters/{gone}/builds")).Should().OnlyContain(build => build.Complete && build.Results == BuildResult.Retry);
        (await master.Data.GetAll<Step>("/steps")).Should().OnlyContain(step => step.Complete && step.Results == BuildResult.Retry);
        (await master.Data.GetAll<BuildRequest>("/buildrequests")).Should().OnlyContain(request => !request.Claimed);
        (await master.Data.Get<MasterInfo>($"/masters/{gone}"))!.Active.Should().BeFalse();
    }

    private Task<Master> Open(string name, bool silent = false) =>
        Store.Open(options =>
        {
            (options.MasterName, options.TimeProvider) = (name, _clock);
            if (silent)
                options.Heartbeat = TimeSpan.FromDays(1);
        });

    /// <summary>Opens a master that starts a build and is closed in the midst of it. Returns the master's id.</summary>
    private async Task<long> LeaveWork()
    {
        await using Master master = await Open("gone");
        Updates updates = master.Data.Updates;
        (_, long request, long builder) = await updates.Request();
        long worker = await updates.EnsureWorker("w");
        await updates.UpdateBuilderList(["linux"]);
        await updates.WorkerConfigured(worker, [builder]);
        await updates.WorkerConnected(worker);
        await updates.ClaimBuildRequests([request]);
        AddedBuild build = await updates.AddBuild(builder, request, worker);
        await updates.StartStep((await updates.NewStep(build.BuildId, "compile")).StepId);
        return (await master.Data.GetAll<MasterInfo>("/masters?name=gone"))[0].MasterId;
    }
}
