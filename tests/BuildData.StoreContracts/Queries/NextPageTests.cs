using BuildData.Queries;

namespace BuildData.StoreContracts;

public abstract class NextPageTests(StoreKind kind) : MasterTests(kind)
{
    private const int Builds = 24;

    private static readonly string[] Orders =
    [
        "", "order=buildid", "order=-buildid", "order=number", "order=-number", "order=started_at", "order=-started_at", "order=complete_at", "order=-complete_at",
        "order=results", "order=-results", "order=results&order=-complete_at", "order=-workerid&order=-results", "order=worker_name&order=builder_name", "order=-builder_name&order=number",
        "order=state_string", "order=-complete&order=workerid",
    ];

    [SetUp]
    public async Task AddBuilds()
    {
        for (int i = 0; i < Builds; i++)
            await AddBuild(i);
    }

    [TestCaseSource(nameof(Orders))]
    public async Task GetAll_PagesJoinedByNext_AreTheWhole(string order)
    {
        foreach (int limit in (int[])[1, 2, 7, Builds - 1, Builds, Builds + 1])
        {
            List<Build> joined = await JoinPages("/builds?limit=" + limit + "&" + order);

            joined.Should().Equal(await Data.GetAll<Build>("/builds?" + order), "the limit is {0}", limit);
        }
    }

    [TestCase("/builders/b1/builds?order=-number")]
    [TestCase("/builds?results__ne=0&order=-complete_at")]
    [TestCase("/builds?property.parity=odd&order=-buildid")]
    [TestCase("/builds?property.parity=odd&property=*")]
    [TestCase("/builds?sourcestamp.branch=main&order=-buildid")]
    [TestCase("/builders/b1/builds?sourcestamp.branch=main&order=-buildid")]
    [TestCase("/sourcestamps/2/builds?order=-buildid")]
    [TestCase("/workers/worker/builds?order=-started_at")]
    [TestCase("/builds?builder_name=b1&order=-complete_at")]
    [TestCase("/builds?worker_name=worker&order=-buildid")]
    [TestCase("/builds?masterid=1&order=-started_at")]
    public async Task GetAll_PagesOfAFilter_AreTheWhole(string path)
    {
        ResourceList<Build> whole = await Data.GetAll<Build>(path);

        List<Build> joined = await JoinPages(path + "&limit=3");

        joined.Should().Equal(whole).And.HaveCountGreaterThan(6);
    }

    [TestCase("/builders/b1/builds?results=0&order=-buildid")]
    [TestCase("/builders/b1/builds?results=0")]
    [TestCase("/builders/b1/builds?results=0&order=number")]
    [TestCase("/builders/b1/builds?results=success&order=-complete_at")]
    [TestCase("/builders/b1/builds?results=0&order=started_at")]
    [TestCase("/builders/b1/builds?results__in=0&order=state_string&order=-number")]
    [TestCase("/builds?builder_name=b1&results=0&order=-number")]
    [TestCase("/builds?builder_name=b1&results=0&worker_name__ne=nobody")]
    public async Task GetAll_PagesOfABuilderWithAResult_AreAllSuchBuilds(string path)
    {
        ResourceList<Build> all = await Data.GetAll<Build>("/builds");

        List<Build> joined = await JoinPages(path + "&limit=2");

        joined.Should().Equal(await Data.GetAll<Build>(path));
        joined.Should().BeEquivalentTo(all.Where(build => build is { BuilderName: "b1", Results: BuildResult.Success })).And.HaveCount(3);
        (await Data.Count<Build>(path)).Should().Be(3);
    }

    [TestCase("/builders/9223372036854775807/builds?results=0")]
    [TestCase("/builds?builderid=-9223372036854775808&results=6&order=-number")]
    [TestCase("/builders/nobody/builds?results=0")]
    public async Task GetAll_ResultOfABuilderThatCannotExist_IsEmpty(string path)
    {
        (await Data.GetAll<Build>(path)).Should().BeEmpty();
        (await Data.Count<Build>(path)).Should().Be(0);
    }

    [TestCaseSource(nameof(Orders))]
    public async Task GetAll_RowsAreAddedBetweenPages_ContainsEachEarlierRowOnce(string order)
    {
        IReadOnlyList<Build> before = await Data.GetAll<Build>("/builds");
        int added = 0;

        List<Build> joined = await JoinPages("/builds?limit=4&" + order, () => added < 40 ? AddBuild(Builds + added++) : Task.CompletedTask);

        joined.Select(build => build.BuildId).Should().OnlyHaveUniqueItems();
        joined.Should().Contain(before);
    }

    [TestCase("order=-buildid")]
    [TestCase("order=complete_at")]
    [TestCase("order=-started_at")]
    public async Task GetAll_RowsAreRemovedBetweenPages_ContainsAllThatStay(string order)
    {
        var policy = new HistoryPolicy(TimeSpan.FromSeconds(10), atLeastPerBuilder: 1);
        bool removed = false;
        Clock.Advance(TimeSpan.FromSeconds(5));

        List<Build> joined = await JoinPages("/builds?limit=4&" + order, async () =>
        {
            if (!removed)
                (await Updates.Prune(policy)).Builds.Should().BePositive();
            removed = true;
        });

        joined.Select(build => build.BuildId).Should().OnlyHaveUniqueItems();
        joined.Should().Contain(await Data.GetAll<Build>("/builds"));
    }

    [Test]
    public async Task GetAll_LastPage_HasNoNext()
    {
        (await Data.GetAll<Build>($"/builds?limit={Builds}")).Next.Should().BeNull();
        (await Data.GetAll<Build>($"/builds?limit={Builds - 1}")).Next.Should().NotBeNull();
        (await Data.GetAll<Build>("/builds")).Next.Should().BeNull();
        (await Data.GetAll<Build>("/builds?limit=0")).Next.Should().BeNull();
    }

    [Test]
    public async Task Get_Path_CarriesNext()
    {
        DataResult first = await Data.Get("/builds?limit=20&order=-number");

        DataResult second = await Data.Get($"/builds?limit=20&order=-number&after={first.Next}");

        ((IReadOnlyList<Build>)second.Value!).Should().HaveCount(Builds - 20);
        (second.Next, second.Total).Should().Be((null, Builds));
    }

    [TestCase("/builds?order=-buildid&limit=2")]
    [TestCase("/builds?limit=2&results=0")]
    [TestCase("/builders/b0/builds?limit=2")]
    [TestCase("/buildrequests?limit=2")]
    public async Task GetAll_NextOfAnotherQuery_IsRefused(string path)
    {
        string next = (await Data.GetAll<Build>("/builds?limit=2")).Next!;

        (await Data.Awaiting(data => data.Get(path + "&after=" + next)).Should().ThrowAsync<InvalidQueryException>()).Which.Parameter.Should().Be("after");
    }

    [Test]
    public async Task GetAll_AlteredNext_IsRefused()
    {
        string next = (await Data.GetAll<Build>("/builds?limit=2&order=state_string")).Next!;
        var altered = new List<string> { "", "!", "AAAA", next + "A", next[1..] };
        for (int i = 0; i < next.Length - 1; i++)
            altered.Add($"{next[..i]}{(next[i] == 'A' ? 'B' : 'A')}{next[(i + 1)..]}");

        foreach (string text in altered)
        {
            (await Data.Awaiting(data => data.GetAll<Build>("/builds?order=state_string&limit=2", new ResultSpec { After = text })).Should().ThrowAsync<InvalidQueryException>())
                .Which.Parameter.Should().Be("after", text);
        }
    }

    [TestCase("/builds?limit=1&offset=1&after=x", "offset")]
    [TestCase("/builds?limit=1&after=x&after=y", "after")]
    [TestCase("/builds/1?after=x", "after")]
    public async Task Get_AfterWhereItCannotBe_IsRefused(string path, string parameter) =>
        (await Data.Awaiting(data => data.Get(path)).Should().ThrowAsync<InvalidQueryException>()).Which.Parameter.Should().Be(parameter);

    [Test]
    public async Task GetAll_LongTextInTheOrder_ContinuesAfterIt()
    {
        for (int i = 1; i <= 3; i++)
            await Updates.SetBuildStateString(i, $"{new string('\u00e4', 5_000)} \0 {i} \ud83d\ude00");

        List<Build> joined = await JoinPages("/builds?order=-state_string&limit=1");

        joined.Should().Equal(await Data.GetAll<Build>("/builds?order=-state_string"));
    }

    private async Task<List<Build>> JoinPages(string path, Func<Task>? betweenPages = null)
    {
        var joined = new List<Build>();
        string? next = null;
        do
        {
            ResourceList<Build> page = await Data.GetAll<Build>(path, new ResultSpec { After = next });
            joined.AddRange(page);
            next = page.Next;
            await (betweenPages?.Invoke() ?? Task.CompletedTask);
        }
        while (next is not null);

        return joined;
    }

    private async Task AddBuild(int i)
    {
        long builder = await Updates.FindBuilderId($"b{i % 2}");
        AddedBuildset added = await Updates.AddBuildset(
            sourceStamps: [new SourceStampKey { Branch = i % 5 == 0 ? null : "main" }, new SourceStampKey { Codebase = "lib", Branch = "main" }], builderIds: [builder]);
        long request = added.BuildRequestIds[builder];
        await Updates.ClaimBuildRequests([request]);
        AddedBuild build = await Updates.AddBuild(builder, request, i % 3 == 0 ? null : await Updates.FindWorkerId("worker"));
        await Updates.SetBuildProperty(build.BuildId, "parity", (i % 2 == 0 ? "even" : "odd", "Test"));
        await Updates.SetBuildStateString(build.BuildId, $"state {i % 4}");
        if (i % 7 != 0)
        {
            await Updates.FinishBuild(build.BuildId, (BuildResult)(i % 3));
            await Updates.CompleteBuildRequests([request], BuildResult.Success);
        }

        // Several builds have the same time.
        if (i % 3 == 0)
            Clock.Advance(TimeSpan.FromSeconds(1));
    }
}
