using BuildData.Queries;

namespace BuildData.StoreContracts;

public abstract class NewestBuildsTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task GetAll_Newest_ReturnsTheLastBuildOfEachBuilder()
    {
        await AddBuilds("linux", "mac", "linux", "linux");
        await Updates.FindBuilderId("never built");

        ResourceList<Build> newest = await Data.GetAll<Build>("/builds/newest");

        newest.Select(build => (build.BuilderId, build.Number)).Should().Equal((1, 3), (2, 1));
    }

    [Test]
    public async Task GetAll_NewestWithACount_ReturnsThatManyOfEachBuilderFromTheNewestOn()
    {
        await AddBuilds("linux", "mac", "linux", "linux");

        ResourceList<Build> newest = await Data.GetAll(new NewestBuilds(2));

        newest.Select(build => (build.BuilderId, build.Number)).Should().Equal((1, 3), (1, 2), (2, 1));
    }

    [Test]
    public async Task GetAll_NewestWithAFilter_ReturnsThoseOfTheNewestThatMatch()
    {
        await AddBuilds("linux", "mac", "linux", "windows");
        await Updates.FinishBuild(1, BuildResult.Failure);
        await Updates.FinishBuild(2, BuildResult.Failure);
        await Updates.FinishBuild(3, BuildResult.Success);
        await Updates.FinishBuild(4, BuildResult.Failure);

        ResourceList<Build> failed = await Data.GetAll<Build>("/builds/newest?results=failure");

        failed.Select(build => build.BuildId).Should().Equal(2, 4);
    }

    // Without the newest builds, an index would lead from the value of the property to all builds that have it.
    [Test]
    public async Task GetAll_NewestWithAFilterOnAProperty_ReturnsThoseOfTheNewestThatMatch()
    {
        await AddBuilds("linux", "mac", "linux");
        foreach (long build in (long[])[1, 2])
            await Updates.SetBuildProperty(build, "branch", ("main", "Git"));

        (await Data.GetAll<Build>("/builds/newest?property.branch=main")).Select(build => build.BuildId).Should().Equal(2);
        (await Data.Count<Build>("/builds/newest/2?property.branch=main")).Should().Be(2);
    }

    [Test]
    public async Task GetAll_PagesOfTheNewestJoined_AreTheWhole()
    {
        await AddBuilds("linux", "mac", "linux", "linux", "mac", "windows");

        var joined = new List<Build>();
        string? next = null;
        do
        {
            ResourceList<Build> page = await Data.GetAll<Build>("/builds/newest/2", new ResultSpec { Limit = 2, After = next });
            joined.AddRange(page);
            next = page.Next;
        }
        while (next is not null);

        joined.Should().Equal(await Data.GetAll<Build>("/builds/newest/2"));
    }

    [Test]
    public async Task GetAll_NewestWithAnOrderAndAPage_OrdersAndCountsThem()
    {
        await AddBuilds("linux", "mac", "linux", "windows");

        DataResult page = await Data.Get("/builds/newest?order=-buildid&limit=1&offset=1");

        page.Total.Should().Be(3);
        ((ResourceList<Build>)page.Value!).Select(build => build.BuildId).Should().Equal(3);
    }

    [Test]
    public async Task GetAll_NewestWithProperties_ReturnsTheirProperties()
    {
        await AddBuilds("linux", "mac", "linux");
        await Updates.SetBuildProperty(2, "branch", ("main", "Git"));
        await Updates.SetBuildProperty(3, "branch", ("next", "Git"));
        await Updates.SetBuildProperty(3, "owner", ("ann", "Git"));

        ResourceList<Build> newest = await Data.GetAll<Build>("/builds/newest?property=*&limit=2");

        newest.Select(build => (build.BuildId, build.Properties.GetString("branch"), build.Properties.Count)).Should().Equal((3, "next", 2), (2, "main", 1));
    }

    [Test]
    public async Task GetAll_NewestOfRandomBuilds_AreThoseOfTheModel()
    {
        var random = new Random(7);
        await AddBuilds([.. Enumerable.Range(0, 60).Select(_ => $"builder-{random.Next(8) * random.Next(2)}")]);
        ResourceList<Build> all = await Data.GetAll<Build>("/builds");

        foreach (int count in (int[])[1, 2, 3, 7, 1000])
        {
            ResourceList<Build> newest = await Data.GetAll<Build>($"/builds/newest/{count}");

            newest.Should().Equal(
                all.GroupBy(build => build.BuilderId).OrderBy(builds => builds.Key).SelectMany(builds => builds.OrderByDescending(build => build.Number).Take(count)));
        }
    }

    [Test]
    public async Task GetAll_NewestAfterOlderBuildsWereRemoved_ReturnsWhatIsLeft()
    {
        await AddBuilds("linux", "linux", "linux");
        foreach (long finished in (long[])[2, 3])
        {
            await Updates.FinishBuild(finished, BuildResult.Success);
            await Updates.CompleteBuildRequests([finished], BuildResult.Success);
        }

        Clock.Advance(TimeSpan.FromDays(30));
        await Updates.Prune(new HistoryPolicy(TimeSpan.FromDays(1), atLeastPerBuilder: 1));

        ResourceList<Build> newest = await Data.GetAll<Build>("/builds/newest/2");

        newest.Select(build => build.Number).Should().Equal(3, 1);
    }

    [Test]
    public async Task Stream_Newest_ReturnsThemByTheirIds()
    {
        await AddBuilds("linux", "mac", "linux", "mac", "linux");

        var streamed = new List<long>();
        await foreach (Build build in Data.Stream<Build>("/builds/newest/2"))
            streamed.Add(build.BuildId);

        streamed.Should().Equal(2, 3, 4, 5);
    }

    [Test]
    public async Task Watch_Newest_IsRefusedAndNamesWhatToWatch() =>
        await Data.Awaiting(data => data.Watch<Build>("/builds/newest?results=2")).Should().ThrowAsync<InvalidPathException>().WithMessage("*'/builds/newest'*Watch '/builds?complete=false'*");

    [TestCase("/builds/newest/0")]
    [TestCase("/builds/newest/1001")]
    public async Task Get_NewestWithACountOutOfRange_IsRefused(string path) =>
        (await Data.Awaiting(data => data.Get(path)).Should().ThrowAsync<InvalidPathException>().WithMessage("*from 1 to 1000*")).Which.Path.Should().Be(path);

    [TestCase(0)]
    [TestCase(1001)]
    public void NewestBuilds_CountOutOfRange_Throws(long count)
    {
        FluentActions.Invoking(() => new NewestBuilds(count)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new NewestBuilds { PerBuilder = count }).Should().Throw<ArgumentOutOfRangeException>();
    }

    private async Task AddBuilds(params string[] builders)
    {
        foreach (string builder in builders)
            await Updates.Build(builder);
    }
}
