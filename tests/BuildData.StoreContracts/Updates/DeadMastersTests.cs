using Microsoft.Extensions.Time.Testing;

namespace BuildData.StoreContracts;

/// <summary>Another master can build what a vanished master has claimed.</summary>
public abstract class DeadMastersTests(StoreKind kind) : StoreTests(kind)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private FakeTimeProvider _clock = null!;

    [SetUp]
    public void SetClock() => _clock = new FakeTimeProvider();

    [Test]
    public async Task UnclaimOfDeadMasters_OneHasBeenGoneForLong_GivesItsClaimsBack()
    {
        long[] claimed = await ClaimAndClose("gone", 3);
        _clock.Advance(Patience * 2);
        await using Master master = await Open("here");

        IReadOnlyList<long> released = await master.Data.Updates.ReleaseClaimsOfDeadMasters(Patience);

        released.Should().Equal(claimed);
        (released as IList<long>)?.IsReadOnly.Should().BeTrue();
        (await master.Data.GetAll<BuildRequest>("/buildrequests"))
            .Should().OnlyContain(request => !request.Claimed && request.ClaimedAt == null && request.ClaimedByMasterId == null);
        (await master.Data.Updates.ClaimBuildRequests(claimed)).Succeeded.Should().BeTrue();
    }

    [Test]
    public async Task UnclaimOfDeadMasters_TwoHaveBeenGoneForLong_ReturnsTheIdsInOrder()
    {
        await ClaimAndClose("gone", 0);
        long[] ofOther = await ClaimAndClose("also gone", 1);
        long[] later = await ClaimAndClose("gone", 1);
        _clock.Advance(Patience * 2);
        await using Master master = await Open("here");

        (await master.Data.Updates.ReleaseClaimsOfDeadMasters(Patience)).Should().Equal(ofOther[0], later[0]);
    }

    [Test]
    public async Task UnclaimOfDeadMasters_OneHasBeenGoneForLong_IsAnnounced()
    {
        long[] claimed = await ClaimAndClose("gone", 3);
        _clock.Advance(Patience * 2);
        Master master = await Open("here");
        Subscription events = master.Data.Events.Subscribe("/buildrequests/*");

        await master.Data.Updates.ReleaseClaimsOfDeadMasters(Patience);

        await master.DisposeAsync();
        (await events.Rest()).Select(e => (e.Name, e.Path, ((BuildRequest)e.Resource).Claimed))
            .Should().Equal(claimed.Select(id => ("unclaimed", $"/buildrequests/{id}", false)));
    }

    [Test]
    public async Task UnclaimOfDeadMasters_CalledAgain_FindsNothing()
    {
        await ClaimAndClose("gone", 1);
        _clock.Advance(Patience * 2);
        await using Master master = await Open("here");
        await master.Data.Updates.ReleaseClaimsOfDeadMasters(Patience);

        (await master.Data.Updates.ReleaseClaimsOfDeadMasters(Patience)).Should().BeEmpty();
    }

    [Test]
    public async Task UnclaimOfDeadMasters_OneWasHereAMomentAgo_LeavesItsClaims()
    {
        await ClaimAndClose("away", 1);
        _clock.Advance(Patience / 2);
        await using Master master = await Open("here");

        (await master.Data.Updates.ReleaseClaimsOfDeadMasters(Patience)).Should().BeEmpty();

        (await master.Data.GetAll<BuildRequest>("/buildrequests")).Should().OnlyContain(request => request.Claimed);
    }

    [Test]
    public async Task UnclaimOfDeadMasters_ItsOwnClaims_AreLeftHoweverLongAgo()
    {
        await using Master master = await Open("here");
        await Claim(master, 1);
        _clock.Advance(Patience * 2);

        (await master.Data.Updates.ReleaseClaimsOfDeadMasters(Patience)).Should().BeEmpty();

        (await master.Data.GetAll<BuildRequest>("/buildrequests")).Should().OnlyContain(request => request.Claimed);
    }

    [Test]
    public async Task UnclaimOfDeadMasters_CompleteRequests_AreLeft()
    {
        long[] claimed = await ClaimAndClose("gone", 2, master => master.Data.Updates.CompleteBuildRequests([1], BuildResult.Success));
        _clock.Advance(Patience * 2);
        await using Master master = await Open("here");

        (await master.Data.Updates.ReleaseClaimsOfDeadMasters(Patience)).Should().Equal(claimed[1]);

        (await master.Data.Get<BuildRequest>("/buildrequests/1"))!.ClaimedByMasterId.Should().NotBeNull();
    }

    [Test]
    public async Task UnclaimOfDeadMasters_OlderThanTime_FindsNothing()
    {
        await ClaimAndClose("gone", 1);
        await using Master master = await Open("here");

        (await master.Data.Updates.ReleaseClaimsOfDeadMasters(TimeSpan.MaxValue)).Should().BeEmpty();
    }

    [TestCase(0)]
    [TestCase(-1)]
    public async Task UnclaimOfDeadMasters_NoTime_IsRefused(int seconds)
    {
        await using Master master = await Open("here");

        await master.Awaiting(m => m.Data.Updates.ReleaseClaimsOfDeadMasters(TimeSpan.FromSeconds(seconds)))
            .Should().ThrowAsync<ArgumentOutOfRangeException>().WithParameterName("olderThan");
    }

    private Task<Master> Open(string name) => Store.Open(options => (options.MasterName, options.TimeProvider) = (name, _clock));

    private static async Task<long[]> Claim(Master master, int count)
    {
        var requests = new List<long>();
        for (int i = 0; i < count; i++)
            requests.Add((await master.Data.Updates.Request($"builder {i}")).RequestId);
        await master.Data.Updates.ClaimBuildRequests(requests);
        return [.. requests];
    }

    private async Task<long[]> ClaimAndClose(string name, int count, Func<Master, Task>? before = null)
    {
        await using Master master = await Open(name);
        long[] claimed = await Claim(master, count);
        await (before?.Invoke(master) ?? Task.CompletedTask);
        return claimed;
    }
}
