namespace BuildData.StoreContracts;

/// <summary>A waiting request is cancelled at once. A running build gets a request, which its program follows.</summary>
public abstract class RequestedCancellationTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task CancelBuildRequests_ItWaits_CompletesItAndItsBuildset()
    {
        (long buildset, long request, _) = await Updates.Request();

        RequestedCancellation cancelled = await Updates.CancelBuildRequests([request], "not needed");

        cancelled.Should().BeEquivalentTo(new RequestedCancellation([request], [], []));
        BuildRequest? after = await Data.Get<BuildRequest>($"/buildrequests/{request}");
        (after!.Complete, after.Results, after.CancelReason).Should().Be((true, BuildResult.Cancelled, "not needed"));
        (await Data.Get<Buildset>($"/buildsets/{buildset}"))!.Results.Should().Be(BuildResult.Cancelled);
    }

    [Test]
    public async Task CancelBuildRequests_ItsBuildRuns_AnnouncesTheRequestAndEndsNothing()
    {
        (long request, long build) = await RunningBuild();
        Subscription events = Data.Events.Subscribe(["/buildrequests/*", "/builds/*"]);

        RequestedCancellation cancelled = await Updates.CancelBuildRequests([request], "superseded");

        cancelled.Should().BeEquivalentTo(new RequestedCancellation([], [request], [build]));
        Build? after = await Data.Get<Build>($"/builds/{build}");
        (after!.Complete, after.CancelReason, after.CancelRequestedAt).Should().Be((false, "superseded", Clock.GetUtcNow()));
        (await Data.Get<BuildRequest>($"/buildrequests/{request}"))!.Complete.Should().BeFalse();
        await Master.DisposeAsync();
        (await events.Rest()).Select(e => (e.Name, e.Path)).Should().Equal(("cancel", $"/buildrequests/{request}"), ("cancel", $"/builds/{build}"));
    }

    [Test]
    public async Task CancelBuildRequests_Again_KeepsTheFirstReason()
    {
        (long request, long build) = await RunningBuild();
        await Updates.CancelBuildRequests([request], "first");

        RequestedCancellation again = await Updates.CancelBuildRequests([request], "second");

        again.Should().BeEquivalentTo(new RequestedCancellation([], [], []));
        (await Data.Get<Build>($"/builds/{build}"))!.CancelReason.Should().Be("first");
    }

    [Test]
    public async Task CancelBuildRequests_OneDoesNotExist_ChangesNothing()
    {
        (_, long request, _) = await Updates.Request();

        await Updates.Awaiting(updates => updates.CancelBuildRequests([request, 99])).Should().ThrowAsync<ResourceNotFoundException>();

        (await Data.Get<BuildRequest>($"/buildrequests/{request}"))!.Complete.Should().BeFalse();
    }

    [Test]
    public async Task CancelBuildset_SomeAreDoneSomeRunSomeWait_TreatsEachByItsState()
    {
        long[] builders = [await Updates.FindBuilderId("a"), await Updates.FindBuilderId("b"), await Updates.FindBuilderId("c")];
        AddedBuildset set = await Updates.AddBuildset(builderIds: builders);
        await Updates.ClaimBuildRequests([set.BuildRequestIds[builders[0]], set.BuildRequestIds[builders[1]]]);
        await Updates.CompleteBuildRequests([set.BuildRequestIds[builders[0]]], BuildResult.Success);

        RequestedCancellation cancelled = await Updates.CancelBuildset(set.BuildsetId, "stop");

        cancelled.Should().BeEquivalentTo(new RequestedCancellation([set.BuildRequestIds[builders[2]]], [set.BuildRequestIds[builders[1]]], []));
    }

    [Test]
    public async Task CancelBuildset_DoesNotExist_IsNotFound() =>
        await Updates.Awaiting(updates => updates.CancelBuildset(99)).Should().ThrowAsync<ResourceNotFoundException>();

    [Test]
    public async Task AddBuild_CancellationOfItsRequestCameFirst_IsInTheBuild()
    {
        (_, long request, long builder) = await Updates.Request();
        await Updates.ClaimBuildRequests([request]);
        await Updates.CancelBuildRequests([request], "too late");

        AddedBuild build = await Updates.AddBuild(builder, request);

        (await Data.Get<Build>($"/builds/{build.BuildId}"))!.CancelReason.Should().Be("too late");
    }

    [Test]
    public async Task UnclaimBuildRequests_CancellationWasRequested_CompletesItAsCancelled()
    {
        (long buildset, long request, _) = await Updates.Request();
        await Updates.ClaimBuildRequests([request]);
        await Updates.CancelBuildRequests([request], "stop");

        await Updates.UnclaimBuildRequests([request]);

        (await Data.Get<BuildRequest>($"/buildrequests/{request}"))!.Results.Should().Be(BuildResult.Cancelled);
        (await Data.Get<Buildset>($"/buildsets/{buildset}"))!.Results.Should().Be(BuildResult.Cancelled);
    }

    [Test]
    public async Task CancellationOf_RequestedLater_CancelsTheToken()
    {
        (long request, long build) = await RunningBuild();
        await using BuildCancellation cancellation = await Data.CancellationOf(build);
        bool before = cancellation.Token.IsCancellationRequested;

        await Updates.CancelBuildRequests([request], "stop");

        await Cancelled(cancellation);
        (before, cancellation.Reason).Should().Be((false, "stop"));
    }

    [Test]
    public async Task CancellationOf_RequestedBefore_IsCancelledAlready()
    {
        (long request, long build) = await RunningBuild();
        await Updates.CancelBuildRequests([request], "stop");

        await using BuildCancellation cancellation = await Data.CancellationOf(build);

        (cancellation.Token.IsCancellationRequested, cancellation.Reason).Should().Be((true, "stop"));
    }

    [Test]
    public async Task CancellationOf_BuildDoesNotExist_IsNotFound() =>
        (await Data.Awaiting(data => data.CancellationOf(99)).Should().ThrowAsync<ResourceNotFoundException>()).Which.Id.Should().Be(99);

    [Test]
    public async Task CancellationOf_BuildFinishes_IsNotCancelled()
    {
        (_, long build) = await RunningBuild();
        BuildCancellation cancellation = await Data.CancellationOf(build);

        await Updates.FinishBuild(build, BuildResult.Success);
        await cancellation.DisposeAsync();

        cancellation.Token.IsCancellationRequested.Should().BeFalse();
    }

    [Test]
    public async Task CancellationOf_Disposed_IsNotCancelledByALaterRequest()
    {
        (long request, long build) = await RunningBuild();
        BuildCancellation cancellation = await Data.CancellationOf(build);
        await cancellation.DisposeAsync();

        await Updates.CancelBuildRequests([request], "stop");

        cancellation.Token.IsCancellationRequested.Should().BeFalse();
    }

    [Test]
    public async Task CancellationOf_ACallbackThrows_IsCancelledAndCanBeDisposed()
    {
        (long request, long build) = await RunningBuild();
        BuildCancellation cancellation = await Data.CancellationOf(build);
        cancellation.Token.Register(() => throw new InvalidOperationException("of the host"));

        await Updates.CancelBuildRequests([request], "stop");

        await Cancelled(cancellation);
        await cancellation.Awaiting(c => c.DisposeAsync().AsTask()).Should().NotThrowAsync();
    }

    private static async Task Cancelled(BuildCancellation cancellation)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = cancellation.Token.Register(cancelled.SetResult);
        await cancelled.Task.WaitAsync(Given.Patience);
    }

    private async Task<(long RequestId, long BuildId)> RunningBuild()
    {
        (_, long request, long builder) = await Updates.Request();
        await Updates.ClaimBuildRequests([request]);
        AddedBuild build = await Updates.AddBuild(builder, request);
        return (request, build.BuildId);
    }
}
