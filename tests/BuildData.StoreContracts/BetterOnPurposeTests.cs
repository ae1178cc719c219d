namespace BuildData.StoreContracts;

/// <summary>Behaviour that differs from the reference system on purpose: one test for each difference.</summary>
public abstract class BetterOnPurposeTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task Results_OfWhatIsNotComplete_AreNull()
    {
        long stepId = await Updates.Step();

        (await Data.Get<Step>($"/steps/{stepId}"))!.Results.Should().BeNull();
        (await Data.Get<Build>("/builds/1"))!.Results.Should().BeNull();
        (await Data.Get<BuildRequest>("/buildrequests/1"))!.Results.Should().BeNull();
        (await Data.Get<Buildset>("/buildsets/1"))!.Results.Should().BeNull();
    }

    [Test]
    public async Task NotEqual_ToANullValue_Matches()
    {
        await Updates.Step();

        (await Data.GetAll<Step>("/steps?results__ne=2")).Should().ContainSingle();
        (await Data.GetAll<Build>("/builds?results__notin=1&results__notin=2")).Should().ContainSingle();
        (await Data.GetAll<Step>("/steps?complete_at__ne=5")).Should().ContainSingle();
    }

    [TestCase("lt")]
    [TestCase("le")]
    [TestCase("gt")]
    [TestCase("ge")]
    public async Task Comparison_WithANullValue_DoesNotMatch(string op)
    {
        await Updates.Step();

        (await Data.GetAll<Step>($"/steps?results__{op}=3")).Should().BeEmpty();
        (await Data.GetAll<Step>($"/steps?started_at__{op}=3")).Should().BeEmpty();
    }

    [Test]
    public async Task Filter_OfStepsByATime_Works()
    {
        long stepId = await Updates.Step();
        await Updates.StartStep(stepId);

        (await Data.GetAll<Step>($"/steps?started_at={Clock.GetUtcNow()}")).Should().ContainSingle();
        (await Data.GetAll<Step>($"/steps?started_at__lt={Clock.GetUtcNow()}")).Should().BeEmpty();
    }

    [Test]
    public async Task Contains_OnText_IsAPlainCaseSensitiveSubstring()
    {
        await Updates.AddBuildset(reason: "100% Done");

        (await Data.GetAll<Buildset>($"/buildsets?reason__contains={"% D"}")).Should().ContainSingle();
        (await Data.GetAll<Buildset>($"/buildsets?reason__contains={"done"}")).Should().BeEmpty();
        (await Data.GetAll<Buildset>($"/buildsets?reason__contains={"1%e"}")).Should().BeEmpty();
        (await Data.GetAll<Buildset>($"/buildsets?reason__contains={"_"}")).Should().BeEmpty();
    }

    [Test]
    public async Task AddBuildset_BuildersButNoSourceStamp_CompletesWhenItsRequestsDo()
    {
        long linux = await Updates.FindBuilderId("linux");
        AddedBuildset added = await Updates.AddBuildset(builderIds: [linux]);

        (await Data.GetAll<BuildRequest>("/buildrequests")).Should().ContainSingle();
        (await Data.Get<Buildset>("/buildsets/1"))!.Complete.Should().BeFalse();
        await Updates.CompleteBuildRequests([added.BuildRequestIds[linux]], BuildResult.Warnings);
        (await Data.Get<Buildset>("/buildsets/1"))!.Results.Should().Be(BuildResult.Warnings);
    }

    [Test]
    public async Task Paging_RequestsOfBuildsetsWithSeveralSourceStamps_IsExact()
    {
        long a = await Updates.FindBuilderId("a");
        long b = await Updates.FindBuilderId("b");
        await Updates.AddBuildset(
            sourceStamps: [Given.Main, new SourceStampKey { Codebase = "lib" }, new SourceStampKey { Codebase = "doc" }], builderIds: [a, b]);

        DataResult page = await Data.Get("/buildrequests?limit=2");
        DataResult buildsets = await Data.Get("/buildsets?limit=2");

        page.Value.Should().BeOfType<ResourceList<BuildRequest>>().Which.Should().HaveCount(2);
        page.Total.Should().Be(2);
        buildsets.Total.Should().Be(1);
    }

    [Test]
    public async Task Total_WithLimitZero_IsTheTrueCount()
    {
        await Updates.Step();

        DataResult steps = await Data.Get("/steps?limit=0");

        steps.Value.Should().BeOfType<ResourceList<Step>>().Which.Should().BeEmpty();
        steps.Total.Should().Be(1);
    }

    [Test]
    public async Task Total_OfAPageOfWhateverCollection_IsTheCountBeforePaging()
    {
        for (int i = 0; i < 3; i++)
            await Updates.Step($"s{i}");

        foreach (string path in (string[])["/buildsets", "/buildrequests", "/builds", "/steps"])
            (await Data.Get(path + "?limit=1&offset=1")).Total.Should().Be(3, $"that many are in {path}");
    }

    [Test]
    public async Task Update_OfSomethingThatDoesNotExist_FailsAndLeavesNothing()
    {
        Subscription events = Data.Events.Subscribe("/*/*");

        await Updates.Awaiting(updates => updates.FinishStep(4, BuildResult.Success, hidden: false))
            .Should().ThrowAsync<ResourceNotFoundException>().WithMessage("There is no step with the id 4.");
        await Updates.Awaiting(updates => updates.SetBuildProperty(4, "n", (1, "T"))).Should().ThrowAsync<ResourceNotFoundException>();

        await Master.DisposeAsync();
        (await events.Rest()).Should().BeEmpty();
    }

    [Test]
    public async Task UnclaimBuildRequests_NotClaimed_AnnouncesNothing()
    {
        (_, long request, _) = await Updates.Request();
        Subscription events = Data.Events.Subscribe("/buildrequests/*");

        await Updates.UnclaimBuildRequests([request]);

        await Master.DisposeAsync();
        (await events.Rest()).Should().BeEmpty();
    }

    [Test]
    public async Task ClaimBuildRequests_Complete_ChangesNothing()
    {
        (_, long request, _) = await Updates.Request();
        await Updates.CompleteBuildRequests([request], BuildResult.Success);
        BuildRequest? before = await Data.Get<BuildRequest>($"/buildrequests/{request}");
        await using Subscription events = Data.Events.Subscribe("/buildrequests/*");

        (await Updates.ClaimBuildRequests([request])).Succeeded.Should().BeFalse();

        (await Data.Get<BuildRequest>($"/buildrequests/{request}")).Should().Be(before);
        await events.DisposeAsync();
        (await events.Rest()).Should().BeEmpty();
    }

    [Test]
    public async Task UnclaimBuildRequests_Complete_ChangesNothing()
    {
        (_, long request, _) = await Updates.Request();
        await Updates.ClaimBuildRequests([request]);
        await Updates.CompleteBuildRequests([request], BuildResult.Success);
        BuildRequest? before = await Data.Get<BuildRequest>($"/buildrequests/{request}");
        await using Subscription events = Data.Events.Subscribe("/buildrequests/*");

        await Updates.UnclaimBuildRequests([request]);

        (await Data.Get<BuildRequest>($"/buildrequests/{request}")).Should().Be(before);
        await events.DisposeAsync();
        (await events.Rest()).Should().BeEmpty();
    }

    [Test]
    public async Task CompleteBuildset_TwoFinishers_AnnounceItOnce()
    {
        (long buildsetId, long request, _) = await Updates.Request();
        Subscription events = Data.Events.Subscribe("/buildsets/*", "complete");

        await Task.WhenAll(
            Updates.CompleteBuildRequests([request], BuildResult.Success),
            Updates.MaybeBuildsetComplete(buildsetId),
            Updates.MaybeBuildsetComplete(buildsetId));

        await Master.DisposeAsync();
        (await events.Rest()).Should().ContainSingle();
    }

    [Test]
    public async Task Event_OfAChangedBuild_CarriesThePropertiesThatTheSubscribersPathShows()
    {
        long buildId = await Updates.Build();
        await Updates.SetBuildProperty(buildId, "rev", ("9f", "Git"));
        await using Subscription events = Data.Events.Subscribe($"/builds/{buildId}?property=*");

        await Updates.FinishBuild(buildId, BuildResult.Success);

        ((Build)(await events.Next(1))[0].Resource).Properties.Should().Equal(new PropertyMap { ["rev"] = ("9f", "Git") });
    }
}
