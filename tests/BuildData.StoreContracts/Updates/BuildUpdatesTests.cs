namespace BuildData.StoreContracts;

public abstract class BuildUpdatesTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task AddBuildset_WithATime_HasThatTimeAndSoDoItsRequests()
    {
        DateTimeOffset submittedAt = Clock.GetUtcNow().AddDays(-1);

        AddedBuildset added = await Updates.AddBuildset(builderIds: [await Updates.EnsureBuilder("linux")], submittedAt: submittedAt);

        (await Data.Get<Buildset>($"/buildsets/{added.BuildsetId}"))!.SubmittedAt.Should().Be(submittedAt);
        (await Data.GetAll<BuildRequest>("/buildrequests")).Should().ContainSingle().Which.SubmittedAt.Should().Be(submittedAt);
    }

    [Test]
    public async Task Build_WithTimes_HasThoseTimes()
    {
        DateTimeOffset startedAt = Clock.GetUtcNow().AddHours(-2);
        long builder = await Updates.EnsureBuilder("linux");
        AddedBuildset set = await Updates.AddBuildset(builderIds: [builder]);

        AddedBuild added = await Updates.AddBuild(builder, set.BuildRequestIds[builder], await Updates.EnsureWorker("w"), startedAt);
        await Updates.FinishBuild(added.BuildId, BuildResult.Success, startedAt.AddHours(1));

        Build build = (await Data.Get<Build>($"/builds/{added.BuildId}"))!;
        (build.StartedAt, build.CompleteAt).Should().Be((startedAt, startedAt.AddHours(1)));
    }

    [Test]
    public async Task EnsureBuilder_NameThatFindBuilderIdKnows_IsTheSameBuilder()
    {
        long found = await Updates.FindBuilderId("linux");

        (await Updates.EnsureBuilder("linux")).Should().Be(found);
    }

    [Test]
    public async Task AddBuild_OfABuilder_IsNumberedFromOneWithoutGaps()
    {
        (_, long requestA, long a) = await Updates.Request("a");
        (_, long requestB, long b) = await Updates.Request("b");

        AddedBuild[] builds =
        [
            await Updates.AddBuild(a, requestA), await Updates.AddBuild(b, requestB), await Updates.AddBuild(a, requestA),
        ];

        builds.Should().Equal(new AddedBuild(1, 1), new AddedBuild(2, 1), new AddedBuild(3, 2));
    }

    [TestCase(9, 1, null, "builder")]
    [TestCase(1, 9, null, "build request")]
    [TestCase(1, 1, 9, "worker")]
    public async Task AddBuild_SomethingThatDoesNotExist_FailsAndNamesIt(int builder, int request, int? worker, string kind)
    {
        await Updates.Request();

        await Updates.Awaiting(updates => updates.AddBuild(builder, request, worker))
            .Should().ThrowAsync<ResourceNotFoundException>().Where(error => error.Kind == kind && error.Id == 9);
        (await Data.GetAll<Build>("/builds")).Should().BeEmpty();
    }

    [Test]
    public async Task AddBuild_RequestOfAnotherBuilder_IsRefusedAndLeavesNothing()
    {
        (_, long request, long builder) = await Updates.Request("linux");
        long other = await Updates.FindBuilderId("windows");

        await Updates.Awaiting(updates => updates.AddBuild(other, request))
            .Should().ThrowAsync<UpdateRefusedException>().WithMessage($"*build request {request}*builder {builder},*builder {other}.")
            .Where(error => error.Kind == "build request" && error.Id == request);
        (await Data.GetAll<Build>("/builds")).Should().BeEmpty();
    }

    [Test]
    public async Task SetBuildProperty_Again_Overwrites()
    {
        long buildId = await Updates.Build();
        await Updates.SetBuildProperty(buildId, "n", (1, "A"));

        await Updates.SetBuildProperty(buildId, "n", ("two", "B"));

        (await Data.Get<PropertyMap>($"/builds/{buildId}/properties")).Should().Equal(new PropertyMap { ["n"] = ("two", "B") });
    }

    [Test]
    public async Task Updates_OfABuildThatDoesNotExist_FailAndNameIt()
    {
        Func<Updates, Task>[] calls =
        [
            updates => updates.SetBuildStateString(9, "x"),
            updates => updates.FinishBuild(9, BuildResult.Success),
            updates => updates.SetBuildProperty(9, "n", (1, "T")),
        ];

        foreach (Func<Updates, Task> call in calls)
        {
            await Updates.Awaiting(call).Should().ThrowAsync<ResourceNotFoundException>()
                .Where(error => error.Kind == "build" && error.Id == 9);
        }
    }
}
