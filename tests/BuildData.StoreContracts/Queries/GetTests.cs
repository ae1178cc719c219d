using BuildData.Queries;

namespace BuildData.StoreContracts;

public abstract class GetTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task Get_ResourceThatDoesNotExist_IsNull()
    {
        (await Data.Get<Step>("/steps/1")).Should().BeNull();
        (await Data.Get("/steps/1")).Value.Should().BeNull();
        (await Data.Get<Builder>("/builders/nobody")).Should().BeNull();
    }

    [Test]
    public async Task Get_PathOfACollection_SaysWhatItGives() =>
        await Data.Awaiting(data => data.Get<Step>("/builds/1/steps"))
            .Should().ThrowAsync<InvalidPathException>().WithMessage("*a collection of Step: use GetAll<Step>*");

    [Test]
    public async Task GetAll_PathOfASingleResource_SaysWhatItGives() =>
        await Data.Awaiting(data => data.GetAll<Step>("/steps/1"))
            .Should().ThrowAsync<InvalidPathException>().WithMessage("*one Step: use Get<Step>*");

    [Test]
    public async Task Get_WrongType_SaysWhatItGives() =>
        await Data.Awaiting(data => data.Get<Build>("/steps/1"))
            .Should().ThrowAsync<InvalidPathException>().WithMessage("*Get<Build> was called, but the path returns one Step*");

    [Test]
    public async Task Get_PathWithATypo_NamesTheNearestEndpoint() =>
        await Data.Awaiting(data => data.Get("/bulids/1/steps"))
            .Should().ThrowAsync<InvalidPathException>().WithMessage("*The nearest is '/builds/{buildid}/steps'.*");

    [Test]
    public async Task Get_FieldWithATypo_NamesTheNearestFieldAndAll() =>
        await Data.Awaiting(data => data.Get("/steps?resluts=0"))
            .Should().ThrowAsync<InvalidQueryException>().WithMessage("*Did you mean 'results'? It has stepid, buildid, *");

    [TestCase("failure")]
    [TestCase("Failure")]
    [TestCase("2")]
    public async Task GetAll_ResultByNameOrCode_FindsTheResourcesWithIt(string result)
    {
        long buildId = await Updates.Build();
        await Updates.FinishStep((await Updates.NewStep(buildId, "good")).StepId, BuildResult.Success);
        await Updates.FinishStep((await Updates.NewStep(buildId, "bad")).StepId, BuildResult.Failure);

        ResourceList<Step> failed = await Data.GetAll<Step>($"/steps?results={result}");

        failed.Should().ContainSingle().Which.Name.Should().Be("bad");
    }

    [Test]
    public async Task GetAll_UnknownResult_NamesTheKnownOnes() =>
        await Data.Awaiting(data => data.GetAll<Step>("/steps?results=broken"))
            .Should().ThrowAsync<InvalidQueryException>().WithMessage("*success, warnings, failure*");

    [Test]
    public async Task Id_OfAnOpenMaster_IsThatOfItsRow() =>
        (await Data.GetAll<MasterInfo>("/masters")).Should().ContainSingle().Which.MasterId.Should().Be(Master.Id);

    [Test]
    public async Task Get_TypedQuery_GivesWhatItsPathGives()
    {
        long buildId = await Updates.Build("mac/os x?");
        await Updates.NewStep(buildId, "compile");
        var query = new StepByName(new BuildRef("mac/os x?", 1), "compile");

        Step? step = await Data.Get(query);

        step.Should().NotBeNull().And.BeEquivalentTo(await Data.Get<Step>(query.Path));
    }

    [Test]
    public async Task Get_BuilderWhoseNameIsDigits_IsReachedByTypedQueryOnly()
    {
        long id = await Updates.FindBuilderId("42");

        (await Data.Get<Builder>("/builders/42")).Should().BeNull();
        (await Data.Get(new BuilderByRef("42")))!.BuilderId.Should().Be(id);
    }

    [Test]
    public async Task TypedQueries_OfABuilderWhoseNameIsDigits_ReachAllThatPathsDo()
    {
        await Updates.Build("42");
        await Updates.NewStep(1, "a");
        var steps = new StepsOfBuild(new BuildRef("42", 1));

        (await Data.GetAll(steps)).Should().ContainSingle();
        (await Data.Count(steps)).Should().Be(1);
        (await Data.Get((Query)steps)).Total.Should().Be(1);
        await foreach (Step step in Data.Stream(steps))
            step.Name.Should().Be("a");
    }

    [Test]
    public async Task Get_SameResourceTwice_IsEqual()
    {
        long stepId = await Updates.Step();
        await Updates.AddStepUrl(stepId, "log", "u");
        await Updates.UpdateBuilderInfo(1, null, null, null, null, ["a", "b"]);

        (await Data.Get<Step>($"/steps/{stepId}")).Should().Be(await Data.Get<Step>($"/steps/{stepId}"));
        (await Data.Get<Buildset>("/buildsets/1")).Should().Be(await Data.Get<Buildset>("/buildsets/1"));
        (await Data.Get<Builder>("/builders/1")).Should().Be(await Data.Get<Builder>("/builders/1"));
    }

    [Test]
    public async Task Count_CancelledWhileItRuns_Stops()
    {
        long buildId = await Updates.Build();
        for (int i = 0; i < 300; i++)
            await Updates.NewStep(buildId, "s");
        var slow = new ResultSpec { Filters = [.. Enumerable.Range(0, 200).Select(_ => new Filter("name", FilterOperator.Contains, new string('n', 100_000)))] };
        using var cancel = new CancellationTokenSource();
        cancel.CancelAfter(TimeSpan.FromMilliseconds(1));

        // However far it has come, it ends in one of two ways, and the connection is good for the next.
        Func<Task> count = async () =>
        {
            for (int i = 0; i < 1_000; i++)
                await Data.Count<Step>("/steps", slow, cancel.Token);
        };

        await count.Should().ThrowAsync<OperationCanceledException>();
        (await Data.Count<Step>("/steps")).Should().Be(300);
    }

    [Test]
    public async Task Get_Fields_SelectsAttributesInTheWireForm()
    {
        await Updates.Step();

        DataResult result = await Data.Get("/steps?field=name&field=number");

        result.ToJson().Should().Be("""[{"number":0,"name":"compile"}]""");
    }

    [Test]
    public async Task GetAll_Fields_AreRefusedForATypedResourceIsWhole() =>
        await Data.Awaiting(data => data.GetAll<Step>("/steps?field=name"))
            .Should().ThrowAsync<InvalidQueryException>().Where(error => error.Parameter == "field");

    [Test]
    public async Task GetAll_BuildThatDoesNotExist_IsEmptyAndSaysSo()
    {
        await Updates.Build("linux");

        ResourceList<Step> byNumber = await Data.GetAll<Step>("/builders/linux/builds/2/steps");
        ResourceList<Step> byId = await Data.GetAll<Step>("/builds/2/steps");
        ResourceList<Step> existing = await Data.GetAll<Step>("/builders/linux/builds/1/steps");

        byNumber.Should().BeEmpty();
        byNumber.ParentExists.Should().BeFalse();
        byId.ParentExists.Should().BeNull("it was not checked");
        existing.ParentExists.Should().BeTrue();
    }

    [Test]
    public async Task Get_Properties_AreThoseAskedFor()
    {
        long buildId = await Updates.Build();
        await Updates.SetBuildProperty(buildId, "a", (1, "T"));
        await Updates.SetBuildProperty(buildId, "b", ("x", "T"));

        Build? none = await Data.Get<Build>($"/builds/{buildId}");
        Build? one = await Data.Get<Build>($"/builds/{buildId}?property=a&property=nosuch");
        ResourceList<Build> all = await Data.GetAll<Build>("/builds?property=*&limit=1");

        none!.Properties.Should().BeEmpty();
        one!.Properties.Should().Equal(new PropertyMap { ["a"] = (1, "T") });
        all[0].Properties.Should().Equal(new PropertyMap { ["a"] = (1, "T"), ["b"] = ("x", "T") });
    }

    [Test]
    public async Task Get_PropertiesOfARequest_AreItsBuildsets()
    {
        long builder = await Updates.FindBuilderId("linux");
        await Updates.AddBuildset(builderIds: [builder], properties: new() { ["owner"] = ("ann", "S") });

        BuildRequest? plain = await Data.Get<BuildRequest>("/buildrequests/1");
        BuildRequest? full = await Data.Get<BuildRequest>("/buildrequests/1?property=owner");

        plain!.Properties.Should().BeNull();
        full!.Properties.Should().Equal(new PropertyMap { ["owner"] = ("ann", "S") });
    }

    [Test]
    public async Task Get_Masters_ShowsThisOneAsActive()
    {
        MasterInfo? master = await Data.Get<MasterInfo>("/masters/1");

        master.Should().BeEquivalentTo(new MasterInfo { MasterId = 1, Name = "master", Active = true, LastActive = Clock.GetUtcNow() });
    }

    [Test]
    public async Task GetAll_TriggeredBuilds_AreThoseForBuildsetsOfTheBuild()
    {
        long parent = await Updates.Build("linux");
        long child = await Updates.FindBuilderId("child");
        AddedBuildset triggered = await Updates.AddBuildset(
            sourceStamps: [Given.Main], builderIds: [child], parentBuildId: parent, parentRelationship: "Triggered from");
        AddedBuild build = await Updates.AddBuild(child, triggered.BuildRequestIds[child]);

        ResourceList<Build> builds = await Data.GetAll<Build>($"/builds/{parent}/triggered_builds");

        builds.Select(found => found.BuildId).Should().Equal(build.BuildId);
    }

    [Test]
    public async Task Get_CancelledToken_IsCancelled() =>
        await Data.Awaiting(data => data.Get<Step>("/steps/1", cancellationToken: new CancellationToken(canceled: true)))
            .Should().ThrowAsync<OperationCanceledException>();
}
