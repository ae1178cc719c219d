using BuildData.Queries;

namespace BuildData.StoreContracts;

public abstract class RelatedFilterTests(StoreKind kind) : MasterTests(kind)
{
    private static readonly string Long = new('x', 100);

    // Each build has its number as id. The buildset and the request have the same id.
    [SetUp]
    public async Task AddBuilds()
    {
        await AddBuild("linux", new() { Branch = "main", Revision = "a1", Repository = "app" }, ("branch", ("main", "S")));
        await AddBuild("linux", new() { Branch = "main", Revision = "a2", Repository = "app" }, ("branch", ("main", "S")), ("pr", (3, "S")));
        await AddBuild("mac", new() { Branch = "dev", Revision = "a2", Repository = "app" }, ("branch", ("dev", "S")), ("pr", ("3", "S")), ("clean", (true, "S")));
        await AddBuild("mac", new() { Branch = Long + "1", Repository = "lib", Codebase = "lib" }, ("branch", (Long + "1", "S")), ("quote", ("\"a+b\" <\u00e9>", "S")));
        await AddBuild("linux", new() { Branch = Long + "2", Revision = "a1", Repository = "lib", Codebase = "lib" }, ("branch", (Long + "2", "S")));
    }

    [TestCase("property.branch=main", 1, 2)]
    [TestCase("property.branch=main&property.branch=dev", 1, 2, 3)]
    [TestCase("property.branch__in=main&property.branch__in=dev", 1, 2, 3)]
    [TestCase("property.branch__ne=main", 3, 4, 5)]
    [TestCase("property.branch__notin=main&property.branch__notin=dev", 4, 5)]
    [TestCase("property.branch=Main")]
    [TestCase("property.pr=3", 2, 3)]
    [TestCase("property.clean=true", 3)]
    [TestCase("property.quote=%22a%2Bb%22+%3C%C3%A9%3E", 4)]
    [TestCase("property.branch=main&property.pr=3", 2)]
    [TestCase("property.none=1")]
    [TestCase("property.none__ne=1", 1, 2, 3, 4, 5)]
    [TestCase("sourcestamp.branch=main", 1, 2)]
    [TestCase("sourcestamp.revision=a1", 1, 5)]
    [TestCase("sourcestamp.revision=a2&sourcestamp.branch=dev", 3)]
    [TestCase("sourcestamp.branch__ne=main", 3, 4, 5)]
    [TestCase("sourcestamp.codebase=lib", 4, 5)]
    [TestCase("sourcestamp.repository__contains=ap&sourcestamp.branch__contains=e", 3)]
    [TestCase("sourcestamp.ssid__ge=4", 4, 5)]
    [TestCase("sourcestamp.revision=a2&property.branch=main&complete=false", 2)]
    public async Task GetAll_FilterOnRelatedData_SelectsBuildsRequestsAndBuildsets(string filter, params int[] expected)
    {
        long[] ids = Array.ConvertAll(expected, id => (long)id);

        (await Data.GetAll<Build>("/builds?" + filter)).Select(build => build.BuildId).Should().Equal(ids);
        (await Data.GetAll<BuildRequest>("/buildrequests?" + filter)).Select(request => request.BuildRequestId).Should().Equal(ids);
        (await Data.GetAll<Buildset>("/buildsets?" + filter)).Select(buildset => buildset.BuildsetId).Should().Equal(ids);
        (await Data.GetAll<Build>("/builds?order=-buildid&" + filter)).Select(build => build.BuildId).Should().Equal(ids.Reverse());
        (await Data.Count<Build>("/builds?" + filter)).Should().Be(ids.Length);
    }

    [TestCase(0)]
    [TestCase(1)]
    public async Task GetAll_LongBranch_IsComparedWhole(int end)
    {
        string branch = Long + (end + 1);

        (await Data.GetAll<Build>("/builds?sourcestamp.branch=" + branch)).Select(build => build.BuildId).Should().Equal(4 + end);
        (await Data.GetAll<Build>("/builds?property.branch=" + branch)).Select(build => build.BuildId).Should().Equal(4 + end);
        (await Data.GetAll<SourceStamp>("/sourcestamps?branch=" + branch)).Select(stamp => stamp.Branch).Should().Equal(branch);
    }

    [TestCase("/builders/linux/builds?sourcestamp.branch=main", 1, 2)]
    [TestCase("/builders/mac/builds?sourcestamp.branch=main")]
    [TestCase("/builders/linux/builds?sourcestamp.revision=a1&order=-number", 5, 1)]
    [TestCase("/builders/linux/builds?property.branch=main&order=-number", 2, 1)]
    [TestCase("/workers/w/builds?property.branch=main", 1, 2)]
    [TestCase("/buildsets/2/builds?property.branch=main", 2)]
    [TestCase("/buildsets/2/builds", 2)]
    [TestCase("/sourcestamps/2/builds", 2)]
    [TestCase("/sourcestamps/2/builds?property.pr=3", 2)]
    [TestCase("/sourcestamps/99/builds")]
    [TestCase("/builds?builder_name=mac", 3, 4)]
    [TestCase("/builds?builder_name=mac&order=-number&limit=1", 4)]
    [TestCase("/builds?builder_name__ne=mac", 1, 2, 5)]
    [TestCase("/builds?worker_name=w&buildsetid=3", 3)]
    [TestCase("/builds?worker_name=nobody")]
    [TestCase("/builds?worker_name__contains=w&order=-builder_name", 4, 3, 5, 2, 1)]
    public async Task GetAll_PartOfTheBuilds_IsFiltered(string path, params int[] expected) =>
        (await Data.GetAll<Build>(path)).Select(build => (int)build.BuildId).Should().Equal(expected);

    [Test]
    public async Task GetAll_BuildsetsOfASourceStamp_AreThoseThatHaveIt()
    {
        await Updates.AddBuildset(sourceStamps: [1, new SourceStampKey { Codebase = "other" }]);

        (await Data.GetAll<Buildset>("/sourcestamps/1/buildsets?order=-bsid")).Select(buildset => buildset.BuildsetId).Should().Equal(6, 1);
    }

    [Test]
    public async Task GetAll_FilterOnAProperty_ReturnsTheProperty()
    {
        Build build = (await Data.GetAll<Build>("/builds?property.pr=3&property.branch=main")).Single();

        build.Properties.Keys.Should().BeEquivalentTo("branch", "pr");
    }

    [Test]
    public async Task GetAll_TypedFilterOnAProperty_ComparesJsonTypes()
    {
        (await Ids("pr", 3)).Should().Equal(2);
        (await Ids("pr", "3")).Should().Equal(3);
        (await Ids("clean", true)).Should().Equal(3);

        async Task<IEnumerable<long>> Ids(string property, FilterValue value) =>
            (await Data.GetAll<Build>("/builds", new ResultSpec { Filters = [new Filter($"property.{property}", FilterOperator.Equal, value)] })).Select(build => build.BuildId);
    }

    [TestCase("/builds?property.x__contains=a", "property.x__contains")]
    [TestCase("/builds?property.x__gt=1", "property.x__gt")]
    [TestCase("/builds?property.=1", "property.")]
    [TestCase("/builds?sourcestamp.nothing=1", "sourcestamp.nothing")]
    [TestCase("/builds?sourcestamp.patch=1", "sourcestamp.patch")]
    [TestCase("/builds?sourcestamp.ssid=abc", "sourcestamp.ssid")]
    [TestCase("/steps?property.x=1", "property.x")]
    [TestCase("/builds?order=property.x", "order")]
    public async Task GetAll_FilterThatCannotBe_IsRefused(string path, string parameter) =>
        (await Data.Awaiting(data => data.Get(path)).Should().ThrowAsync<InvalidQueryException>()).Which.Parameter.Should().Be(parameter);

    [Test]
    public async Task GetAll_AfterTheRemovalOfHistory_FindsOnlyWhatIsLeft()
    {
        foreach (BuildRequest request in await Data.GetAll<BuildRequest>("/buildrequests"))
        {
            await Updates.FinishBuild(request.BuildRequestId, BuildResult.Failure);
            await Updates.CompleteBuildRequests([request.BuildRequestId], BuildResult.Failure);
        }

        Clock.Advance(TimeSpan.FromDays(2));
        await Updates.Prune(new HistoryPolicy(TimeSpan.FromDays(1), atLeastPerBuilder: 1));

        (await Data.GetAll<Build>("/builds?sourcestamp.branch=main")).Should().BeEmpty();
        (await Data.GetAll<Build>("/builds?sourcestamp.revision=a1")).Select(build => build.BuildId).Should().Equal(5);
    }

    [Test]
    public async Task RenameBuilder_RunningBuild_HasTheNewNameInAnswersAndEvents()
    {
        await Updates.RenameBuilder(1, "renamed");
        await using Subscription<Build> events = Data.Events.Subscribe<Build>("/builds/*");

        await Updates.SetBuildStateString(1, "after");

        await foreach (DataEvent<Build> e in events)
        {
            e.Resource.BuilderName.Should().Be("renamed");
            break;
        }

        (await Data.Get<Build>("/builds/1"))!.BuilderName.Should().Be("renamed");
        (await Data.GetAll<Build>("/builds?builder_name=renamed")).Should().HaveCount(3);
    }

    private async Task AddBuild(string builder, SourceStampKey stamp, params (string Name, Property Value)[] properties)
    {
        var map = new PropertyMap();
        foreach ((string name, Property value) in properties)
            map[name] = value;
        long builderId = await Updates.FindBuilderId(builder);
        AddedBuildset added = await Updates.AddBuildset(sourceStamps: [stamp], properties: map, builderIds: [builderId]);
        long request = added.BuildRequestIds[builderId];
        await Updates.ClaimBuildRequests([request]);
        AddedBuild build = await Updates.AddBuild(builderId, request, await Updates.FindWorkerId("w"));
        foreach ((string name, Property value) in properties)
            await Updates.SetBuildProperty(build.BuildId, name, value);
    }
}
