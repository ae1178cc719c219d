using System.Collections.Concurrent;

namespace BuildData.StoreContracts;

/// <summary>Workers take the request that comes next, each request once.</summary>
public abstract class NextRequestTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task ClaimNext_SeveralWait_TakesTheHighestPriorityAndThenTheOldest()
    {
        long linux = await Updates.FindBuilderId("linux");
        long low = await Add(linux, priority: 0);
        long old = await Add(linux, priority: 5);
        long young = await Add(linux, priority: 5);

        long[] taken = [await Claim(linux), await Claim(linux), await Claim(linux)];

        taken.Should().Equal(old, young, low);
    }

    [Test]
    public async Task ClaimNext_SubmittedEarlierButAddedLater_IsTakenFirst()
    {
        long linux = await Updates.FindBuilderId("linux");
        await Add(linux);
        long submittedEarlier = await Add(linux, submittedAt: Clock.GetUtcNow() - TimeSpan.FromHours(1));

        (await Claim(linux)).Should().Be(submittedEarlier);
    }

    [Test]
    public async Task ClaimNext_SeveralBuilders_TakesTheNextOfAllOfThem()
    {
        long linux = await Updates.FindBuilderId("linux");
        long windows = await Updates.FindBuilderId("windows");
        long mac = await Updates.FindBuilderId("mac");
        await Add(mac, priority: 9);
        long second = await Add(linux, priority: 1);
        long first = await Add(windows, priority: 2);

        BuildRequest? a = await Updates.ClaimNext([linux, windows]);
        BuildRequest? b = await Updates.ClaimNext([windows, linux]);
        BuildRequest? c = await Updates.ClaimNext([linux, windows]);

        (a?.BuildRequestId, b?.BuildRequestId, c).Should().Be((first, second, null));
    }

    [Test]
    public async Task ClaimNext_NoneWaits_ReturnsNullAndAnnouncesNothing()
    {
        (_, long request, long linux) = await Updates.Request();
        await Updates.ClaimBuildRequests([request]);
        Subscription events = Data.Events.Subscribe("/buildrequests/*");

        BuildRequest? next = await Updates.ClaimNext([linux]);

        next.Should().BeNull();
        await Master.DisposeAsync();
        (await events.Rest()).Should().BeEmpty();
    }

    [Test]
    public async Task ClaimNext_OneWaits_IsClaimedByThisMasterAndAnnounced()
    {
        (_, long request, long linux) = await Updates.Request();
        Subscription events = Data.Events.Subscribe("/buildrequests/*");

        BuildRequest? next = await Updates.ClaimNext([linux]);

        next.Should().BeEquivalentTo(await Data.Get<BuildRequest>($"/buildrequests/{request}"));
        next!.ClaimedByMasterId.Should().Be(Master.Id);
        await Master.DisposeAsync();
        (await events.Rest()).Select(e => (e.Name, e.Resource)).Should().Equal(("claimed", next));
    }

    [Test]
    public async Task ClaimNext_BuilderDoesNotExist_IsNotFound() =>
        (await Updates.Awaiting(updates => updates.ClaimNext([99])).Should().ThrowAsync<ResourceNotFoundException>()).Which.Id.Should().Be(99);

    [Test]
    public async Task ClaimNext_NoBuilders_ReturnsNull() => (await Updates.ClaimNext([])).Should().BeNull();

    [Test]
    public async Task ClaimNext_ManyBuilders_FindsTheOnlyRequest()
    {
        long[] builders = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => Updates.FindBuilderId($"builder-{i}")));
        long request = await Add(builders[299]);

        BuildRequest? next = await Updates.ClaimNext(builders);

        next?.BuildRequestId.Should().Be(request);
    }

    [Test]
    public async Task ClaimNext_RequestAddedInTheSameTransaction_IsTaken()
    {
        long linux = await Updates.FindBuilderId("linux");

        (long added, BuildRequest? next) = await Updates.Transaction(async updates =>
        {
            AddedBuildset set = await updates.AddBuildset(builderIds: [linux]);
            return (set.BuildRequestIds[linux], await updates.ClaimNext([linux]));
        });

        next?.BuildRequestId.Should().Be(added);
    }

    [Test]
    public async Task StartNext_OneWaits_ClaimsItAndAddsTheBuildInOneChange()
    {
        (_, long request, long linux) = await Updates.Request();
        long worker = await Updates.FindWorkerId("w1");
        Subscription events = Data.Events.Subscribe(["/buildrequests/*", "/builds/*"]);

        StartedBuild? started = await Updates.StartNext(worker, [linux]);

        Build? build = await Data.Get<Build>($"/builds/{started!.BuildId}");
        (build!.BuildRequestId, build.BuilderId, build.WorkerId, build.Number, build.StateString).Should().Be((request, linux, worker, started.Number, "created"));
        started.Request.ClaimedByMasterId.Should().Be(Master.Id);
        await Master.DisposeAsync();
        (await events.Rest()).Select(e => e.Name).Should().Equal("claimed", "new");
    }

    [Test]
    public async Task StartNext_NoneWaits_ReturnsNull()
    {
        long linux = await Updates.FindBuilderId("linux");

        (await Updates.StartNext(null, [linux])).Should().BeNull();

        (await Data.GetAll<Build>("/builds")).Should().BeEmpty();
    }

    [Test]
    public async Task StartNext_WorkerDoesNotExist_IsNotFoundAndClaimsNothing()
    {
        (_, long request, long linux) = await Updates.Request();

        await Updates.Awaiting(updates => updates.StartNext(99, [linux])).Should().ThrowAsync<ResourceNotFoundException>();

        (await Data.Get<BuildRequest>($"/buildrequests/{request}"))!.Claimed.Should().BeFalse();
    }

    [Test]
    public async Task StartNext_ManyWorkersAtOnce_TakeEachRequestOnce()
    {
        long[] builders = [await Updates.FindBuilderId("linux"), await Updates.FindBuilderId("windows")];
        long[] requests = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => Add(builders[i % 2], priority: i % 3)));
        var taken = new ConcurrentQueue<StartedBuild>();

        await Task.WhenAll(Enumerable.Range(0, 32).Select(async i =>
        {
            long[] own = (i % 3) switch { 0 => [builders[0]], 1 => [builders[1]], _ => builders };
            while (await Updates.StartNext(null, own) is { } started)
                taken.Enqueue(started);
        }));

        taken.Select(started => started.Request.BuildRequestId).Should().BeEquivalentTo(requests);
        taken.GroupBy(started => started.Request.BuilderId)
            .Should().AllSatisfy(builds => builds.Select(build => build.Number).Order().Should().Equal(Enumerable.Range(1, 150).Select(i => (long)i)));
    }

    [Test]
    public async Task WaitForNext_OneWaits_ReturnsItAtOnce()
    {
        (_, long request, long linux) = await Updates.Request();

        BuildRequest waiting = await Data.WaitForNext([linux]).WaitAsync(Given.Patience);

        (waiting.BuildRequestId, waiting.Claimed).Should().Be((request, false));
    }

    [Test]
    public async Task WaitForNext_OneIsAddedLater_ReturnsIt()
    {
        long linux = await Updates.FindBuilderId("linux");
        await Add(await Updates.FindBuilderId("windows"));
        Task<BuildRequest> waiting = Data.WaitForNext([linux]);

        long request = await Add(linux);

        (await waiting.WaitAsync(Given.Patience)).BuildRequestId.Should().Be(request);
    }

    [Test]
    public async Task WaitForNext_OneIsReleasedLater_ReturnsIt()
    {
        (_, long request, long linux) = await Updates.Request();
        await Updates.ClaimBuildRequests([request]);
        Task<BuildRequest> waiting = Data.WaitForNext([linux]);

        await Updates.UnclaimBuildRequests([request]);

        (await waiting.WaitAsync(Given.Patience)).BuildRequestId.Should().Be(request);
    }

    [Test]
    public async Task WaitForNext_MasterIsDisposed_Ends()
    {
        long linux = await Updates.FindBuilderId("linux");
        Task<BuildRequest> waiting = Data.WaitForNext([linux]);

        await Master.DisposeAsync();

        await waiting.Awaiting(task => task.WaitAsync(Given.Patience)).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Test]
    public async Task WaitForNext_Cancelled_Ends()
    {
        long linux = await Updates.FindBuilderId("linux");
        using var cancelled = new CancellationTokenSource();
        Task<BuildRequest> waiting = Data.WaitForNext([linux], cancelled.Token);

        await cancelled.CancelAsync();

        await waiting.Awaiting(task => task.WaitAsync(Given.Patience)).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task WaitForNext_NoBuilders_IsAnArgumentError() =>
        await Data.Awaiting(data => data.WaitForNext([])).Should().ThrowAsync<ArgumentException>();

    private async Task<long> Claim(long builderId) => (await Updates.ClaimNext([builderId]))!.BuildRequestId;

    private async Task<long> Add(long builderId, long priority = 0, DateTimeOffset? submittedAt = null)
    {
        AddedBuildset added = await Updates.AddBuildset(builderIds: [builderId], priority: priority, submittedAt: submittedAt);
        return added.BuildRequestIds[builderId];
    }
}
