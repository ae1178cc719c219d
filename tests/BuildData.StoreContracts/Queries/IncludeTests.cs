using System.Text.Json;
using BuildData.Queries;

namespace BuildData.StoreContracts;

/// <summary>Queries return related data together with their resources, as separate queries would return it.</summary>
public abstract class IncludeTests(StoreKind kind) : MasterTests(kind)
{
    private long _linux;
    private long _mac;

    // The builds 1 and 2 belong to the builder linux and the buildset 1, and the build 3 belongs to the builder mac and the buildset 2. The
    // buildset 3 has a request without a build. The builder idle has nothing.
    [SetUp]
    public async Task AddBuilds()
    {
        _linux = await Updates.FindBuilderId("linux");
        _mac = await Updates.FindBuilderId("mac");
        await Updates.FindBuilderId("idle");
        AddedBuildset first = await AddBuildset(_linux, "main", new() { ["owner"] = ("ann", "S"), ["pr"] = (3, "S") });
        await AddBuild(_linux, first, "compile", "test");
        await AddBuild(_linux, first);
        await AddBuild(_mac, await AddBuildset(_mac, "dev", []), "compile");
        await AddBuildset(_linux, "main", []);
    }

    protected override void Configure(BuildDataOptions options) => options.MaxResults = 20;

    [Test]
    public async Task Get_BuildWithEverything_EqualsSeparateQueries()
    {
        Build build = (await Data.Get<Build>("/builds/1?include=steps,buildrequest,buildset,properties"))!;

        build.Steps.Should().Equal(await Data.GetAll<Step>("/builds/1/steps")).And.HaveCount(2);
        build.BuildRequest.Should().Be(await Data.Get<BuildRequest>("/buildrequests/1"));
        build.Buildset.Should().Be(await Data.Get<Buildset>("/buildsets/1"));
        (build with { Steps = null, BuildRequest = null, Buildset = null }).Should().Be(await Data.Get<Build>("/builds/1?property=*"));
        build.Properties.Keys.Should().Equal("owner", "pr");
    }

    [Test]
    public async Task Get_BuildsetWithEverything_EqualsSeparateQueries()
    {
        Buildset buildset = (await Data.Get<Buildset>("/buildsets/1?include=buildrequests&include=builds&include=properties"))!;

        buildset.BuildRequests.Should().Equal(await Data.GetAll<BuildRequest>("/buildsets/1/buildrequests")).And.HaveCount(1);
        buildset.Builds.Should().Equal(await Data.GetAll<Build>("/buildsets/1/builds")).And.HaveCount(2);
        buildset.Properties.Should().Equal(await Data.Get<PropertyMap>("/buildsets/1/properties")).And.HaveCount(2);
        (buildset with { BuildRequests = null, Builds = null, Properties = null }).Should().Be(await Data.Get<Buildset>("/buildsets/1"));
    }

    [Test]
    public async Task GetAll_BuildRequestsWithEverything_EqualsSeparateQueries()
    {
        ResourceList<BuildRequest> requests = await Data.GetAll<BuildRequest>("/buildrequests?include=builds,buildset,properties");

        requests.Select(request => request.Builds!.Select(build => build.BuildId).ToArray()).Should().BeEquivalentTo<long[]>([[1, 2], [3], []], options => options.WithStrictOrdering());
        requests.Select(request => request.Buildset!.BuildsetId).Should().Equal(1, 2, 3);
        requests.Select(request => request.Properties!.Count).Should().Equal(2, 0, 0);
        requests[0].Builds![1].Should().Be(await Data.Get<Build>("/builds/2"));
        requests[0].Buildset.Should().Be(await Data.Get<Buildset>("/buildsets/1"));
    }

    [Test]
    public async Task GetAll_BuildersWithTheirNewestBuild_HaveTheHighestNumber()
    {
        ResourceList<Builder> builders = await Data.GetAll<Builder>("/builders?include=newest_build&order=-builderid");

        builders.Select(builder => builder.NewestBuild?.BuildId).Should().Equal(null, 3, 2);
        builders[1].NewestBuild.Should().Be(await Data.Get<Build>("/builds/3"));
        (await Data.Get<Builder>("/builders/linux?include=newest_build"))!.NewestBuild!.Number.Should().Be(2);
    }

    [TestCase("/builders/linux/builds?include=steps&order=-number", "2:0 1:2")]
    [TestCase("/builds?include=steps&limit=2&offset=1", "2:0 3:1")]
    [TestCase("/builds?include=steps&number=1", "1:2 3:1")]
    [TestCase("/builds?include=steps,steps&complete=true", "")]
    [TestCase("/builds?include=steps&property.pr=3&sourcestamp.branch=main", "1:2 2:0")]
    [TestCase("/sourcestamps/1/builds?include=steps", "1:2 2:0")]
    public async Task GetAll_PartOfTheBuilds_HasTheirSteps(string path, string expected) =>
        string.Join(' ', (await Data.GetAll<Build>(path)).Select(build => $"{build.BuildId}:{build.Steps!.Count}")).Should().Be(expected);

    [Test]
    public async Task GetAll_PageByPage_IncludesOnEachPage()
    {
        var steps = new List<int>();
        string? after = null;
        do
        {
            ResourceList<Build> page = await Data.GetAll<Build>("/builds?limit=1", new ResultSpec { Include = ["steps"], After = after });
            steps.AddRange(page.Select(build => build.Steps!.Count));
            after = page.Next;
        }
        while (after is not null);

        steps.Should().Equal(2, 0, 1);
    }

    [Test]
    public async Task Stream_WithIncludes_ReturnsThem()
    {
        var steps = new List<int>();
        await foreach (Build build in Data.Stream<Build>("/builds?include=steps&order=-buildid"))
            steps.Add(build.Steps!.Count);

        steps.Should().Equal(1, 0, 2);
    }

    [Test]
    public async Task Get_MissingResource_IsNull() => (await Data.Get<Build>("/builds/99?include=steps,buildset")).Should().BeNull();

    [Test]
    public async Task GetAll_StepsOfNoBuild_HasNoParent()
    {
        DataResult result = await Data.Get("/buildrequests/99/builds?include=steps");

        result.ToJson().Should().Be("[]");
    }

    [Test]
    public async Task Get_WithoutIncludes_HasNoneInJson()
    {
        string[] names = [.. JsonElement.Parse((await Data.Get("/builds/1")).ToJson()).EnumerateObject().Select(attribute => attribute.Name)];

        names.Should().NotContain("steps").And.NotContain("buildrequest").And.NotContain("buildset");
        (await Data.Get<Build>("/builds/1"))!.Steps.Should().BeNull();
        (await Data.Get("/buildsets/1")).ToJson().Should().NotContain("properties").And.NotContain("\"builds\"");
    }

    [Test]
    public async Task Get_SelectedFields_AreWrittenWithTheIncludes()
    {
        (await Data.Get("/builds/3?field=number&include=steps")).ToJson().Should().StartWith("""{"number":1,"steps":[{"stepid":3,""");
        (await Data.Get("/builds/2?field=steps&field=number&include=steps")).ToJson().Should().Be("""{"number":2,"steps":[]}""");
        (await Data.Get("/builders?field=name&include=newest_build&name=idle")).ToJson().Should().Be("""[{"name":"idle"}]""");
        (await Data.Get("/buildsets/2?field=bsid&include=properties")).ToJson().Should().Be("""{"bsid":2,"properties":{}}""");
    }

    [Test]
    public async Task ToJson_IncludedResources_HaveTheirWireForm()
    {
        string json = (await Data.Get("/builds/1?include=buildset,buildrequest")).ToJson();

        JsonElement build = JsonElement.Parse(json);
        build.GetProperty("buildset").GetRawText().Should().Be((await Data.Get("/buildsets/1")).ToJson());
        build.GetProperty("buildrequest").GetRawText().Should().Be((await Data.Get("/buildrequests/1")).ToJson());
    }

    [Test]
    public async Task Get_TwoReads_AreEqualRecords()
    {
        const string Path = "/builds/1?include=steps,buildrequest,buildset,properties";

        (await Data.Get<Build>(Path)).Should().Be(await Data.Get<Build>(Path));
    }

    [TestCase("/builds?include=nothing", "steps, buildrequest, buildset, properties")]
    [TestCase("/builds/1?include=steps,Steps", "steps, buildrequest, buildset, properties")]
    [TestCase("/builds?include=", "steps, buildrequest, buildset, properties")]
    [TestCase("/builds?include=steps%2Cbuildset", "steps, buildrequest, buildset, properties")]
    [TestCase("/builds?include=buildset.buildrequests", "steps, buildrequest, buildset, properties")]
    [TestCase("/buildsets?include=steps", "buildrequests, builds, properties")]
    [TestCase("/buildrequests?include=steps", "builds, buildset, properties")]
    [TestCase("/builders?include=builds", "newest_build")]
    [TestCase("/steps?include=build", "no related data")]
    [TestCase("/builds/1/properties?include=properties", "no related data")]
    public async Task Get_UnknownName_IsRefusedWithTheNames(string path, string names) =>
        (await Data.Awaiting(data => data.Get(path)).Should().ThrowAsync<InvalidQueryException>()).Which.Should()
            .Match<InvalidQueryException>(error => error.Parameter == "include" && error.Message.Contains(names, StringComparison.Ordinal));

    [Test]
    public async Task Watch_WithIncludes_IsRefused()
    {
        var spec = new ResultSpec { Include = ["properties"] };

        await ShouldBeRefused(() => Data.Watch<Build>("/builds", spec));
        await ShouldBeRefused(() => Data.Watch<Build>("/builds/1", spec));
        await ShouldBeRefused(() => Data.WaitFor<Build>("/builds/1?include=steps", "new"));
        Data.Invoking(data => data.Events.Subscribe<Build>("/builds/*?include=steps")).Should().Throw<InvalidQueryException>().Which.Parameter.Should().Be("include");
    }

    [Test]
    public async Task Get_MoreRelatedResourcesThanMaxResults_IsRefused()
    {
        for (int i = 0; i < 18; i++)
            await Updates.NewStep(2, "s");

        (await Data.Get<Build>("/builds/2?include=steps,buildrequest,buildset"))!.Steps.Should().HaveCount(18);
        await ShouldBeRefused(() => Data.GetAll<Build>("/builds?include=steps"));
        await Updates.NewStep(2, "s");
        await ShouldBeRefused(() => Data.Get<Build>("/builds/2?include=steps,buildrequest,buildset"));
        await Updates.NewStep(2, "s");
        await Updates.NewStep(2, "s");
        await ShouldBeRefused(() => Data.Get<Build>("/builds/2?include=steps"));
        (await Data.GetAll<Build>("/builds?include=steps&buildid__ne=2")).Should().HaveCount(2);
    }

    [Test]
    public async Task Get_NamesOfASpec_AreLimited()
    {
        await Data.Get("/builds", new ResultSpec { Include = [.. Enumerable.Repeat("steps", 16)] });

        await ShouldBeRefused(() => Data.Get("/builds", new ResultSpec { Include = [.. Enumerable.Repeat("steps", 17)] }));
        await ShouldBeRefused(() => Data.Get("/builds?include=steps" + string.Concat(Enumerable.Repeat(",steps", 16))));
    }

    [Test]
    public async Task Events_NeverHaveIncludedData()
    {
        await using Subscription<Build> events = Data.Events.Subscribe<Build>("/builds/*");
        await Data.Get("/builds/1?include=steps,buildrequest,buildset");

        await Updates.SetBuildStateString(1, "after");

        await foreach (DataEvent<Build> e in events)
        {
            e.Resource.Should().Match<Build>(build => build.Steps == null && build.BuildRequest == null && build.Buildset == null);
            break;
        }
    }

    private static async Task ShouldBeRefused(Func<Task> query) =>
        (await query.Should().ThrowAsync<InvalidQueryException>()).Which.Parameter.Should().Be("include");

    private Task<AddedBuildset> AddBuildset(long builder, string branch, PropertyMap properties) =>
        Updates.AddBuildset(
            sourceStamps: [new SourceStampKey { Branch = branch }, new SourceStampKey { Branch = branch, Codebase = "lib" }], properties: properties, builderIds: [builder]);

    private async Task AddBuild(long builder, AddedBuildset buildset, params string[] steps)
    {
        AddedBuild build = await Updates.AddBuild(builder, buildset.BuildRequestIds[builder]);
        await Updates.SetBuildProperty(build.BuildId, "owner", ("ann", "S"));
        if (builder == _linux)
            await Updates.SetBuildProperty(build.BuildId, "pr", (3, "S"));
        foreach (string step in steps)
            await Updates.NewStep(build.BuildId, step);
    }
}
