using BuildData.Queries;

namespace BuildData.StoreContracts;

public abstract class BuildStatisticsTests(StoreKind kind) : MasterTests(kind)
{
    // 2023-11-14T22:13:20Z, a Tuesday.
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    [Test]
    public async Task Get_BuildStatistics_HasCountsMediansAndPercentilesInWireForm()
    {
        await AddBuild("linux", BuildResult.Success, queued: 1, runs: 10);
        await AddBuild("linux", BuildResult.Failure, queued: 2.5, runs: 20.25);
        await AddBuild("linux", BuildResult.Cancelled, queued: 3, runs: 30);
        await AddBuild("linux", BuildResult.Success, queued: 4, runs: 40);
        await Updates.Build("linux");

        DataResult result = await Data.Get("/build_statistics");

        result.ToJson().Should().Be(
            """[{"builderid":1,"builder_name":"linux","period_start":null,"builds":4,"success":2,"warnings":0,"failure":1,"skipped":0,"exception":0,"retry":0,"cancelled":1,"median_duration_s":20.25,"p95_duration_s":40,"median_queue_time_s":2.5,"p95_queue_time_s":4}]""");
    }

    [TestCase(StatisticsPeriod.Hour, "2023-11-14T23:00:00Z", "2023-11-15T00:00:00Z")]
    [TestCase(StatisticsPeriod.Day, "2023-11-14T00:00:00Z", "2023-11-15T00:00:00Z")]
    [TestCase(StatisticsPeriod.Week, "2023-11-13T00:00:00Z", "2023-11-13T00:00:00Z")]
    public async Task GetAll_ByPeriod_DividesAtTheFirstMicrosecondOfAPeriod(StatisticsPeriod period, string before, string after)
    {
        var midnight = new DateTimeOffset(2023, 11, 15, 0, 0, 0, TimeSpan.Zero);
        await AddBuild("linux", BuildResult.Success, queued: 0, runs: 1, completeAt: midnight.AddMicroseconds(-1));
        await AddBuild("linux", BuildResult.Failure, queued: 0, runs: 1, completeAt: midnight);

        ResourceList<BuildStatistics> statistics = await Data.GetAll(new AllBuildStatistics(period));

        statistics.Select(row => row.PeriodStart!.Value).Should().Equal(((string[])[before, after]).Distinct().Select(text => DateTimeOffset.Parse(text, null)));
        statistics.Sum(row => row.Builds).Should().Be(2);
    }

    [Test]
    public async Task GetAll_TimeBeforeThePeriodOf1970_IsInItsWeek()
    {
        var sunday = new DateTimeOffset(1969, 12, 28, 23, 59, 59, TimeSpan.Zero);
        await AddBuild("linux", BuildResult.Success, queued: 0, runs: 1, completeAt: sunday);

        ResourceList<BuildStatistics> statistics = await Data.GetAll<BuildStatistics>("/build_statistics/by_week");

        statistics.Should().ContainSingle().Which.PeriodStart.Should().Be(new DateTimeOffset(1969, 12, 22, 0, 0, 0, TimeSpan.Zero));
    }

    [TestCase("", 3)]
    [TestCase("?complete_at__ge=1700000020", 2)]
    [TestCase("?complete_at__ge=1700000020&complete_at__lt=1700000030", 1)]
    [TestCase("?complete_at__gt=1700000020&complete_at__lt=1700000030", 0)]
    [TestCase("?results=failure", 1)]
    [TestCase("?workerid=1", 3)]
    [TestCase("?workerid=2", 0)]
    [TestCase("?builder_name__contains=nux", 3)]
    [TestCase("?property.branch=main", 1)]
    [TestCase("?property.branch=other&complete_at__ge=1", 0)]
    [TestCase("?worker_name=worker-1&results__in=0&results__in=1", 2)]
    [TestCase("?builderid=1&complete_at__le=1700000020", 2)]
    public async Task GetAll_FilterOnBuilds_SelectsTheBuildsThatCount(string query, int builds)
    {
        await AddBuild("linux", BuildResult.Success, queued: 0, runs: 1, completeAt: Start.AddSeconds(10));
        await AddBuild("linux", BuildResult.Failure, queued: 0, runs: 1, completeAt: Start.AddSeconds(20));
        await AddBuild("linux", BuildResult.Success, queued: 0, runs: 1, completeAt: Start.AddSeconds(30));
        await Updates.SetBuildProperty(2, "branch", ("main", "Git"));

        foreach (string path in (string[])["/build_statistics", "/builders/linux/build_statistics", "/builders/1/build_statistics/by_hour"])
            (await Data.GetAll<BuildStatistics>(path + query)).Sum(row => row.Builds).Should().Be(builds, path);
    }

    [TestCase("?builds__ge=2", "linux")]
    [TestCase("?median_duration_s__gt=5", "mac")]
    [TestCase("?median_duration_s=1.5", "linux")]
    [TestCase("?median_duration_s__in=1.5&median_duration_s__in=9", "linux mac")]
    [TestCase("?p95_duration_s__lt=1e3", null)]
    [TestCase("?p95_duration_s__lt=99999999999999999999", "linux mac")]
    [TestCase("?order=-median_duration_s", "mac linux")]
    [TestCase("?order=-builds&limit=1", "linux")]
    [TestCase("?offset=1", "mac")]
    [TestCase("?success=0", "mac")]
    public async Task GetAll_FilterOrderOrPageOfRows_AppliesToTheStatistics(string query, string? builders)
    {
        await AddBuild("linux", BuildResult.Success, queued: 0, runs: 1.5);
        await AddBuild("linux", BuildResult.Success, queued: 0, runs: 2);
        await AddBuild("mac", BuildResult.Failure, queued: 0, runs: 9);

        Func<Task<ResourceList<BuildStatistics>>> get = () => Data.GetAll<BuildStatistics>("/build_statistics" + query);

        if (builders is null)
            await get.Should().ThrowAsync<InvalidQueryException>().WithMessage("*'1e3' is not a number*");
        else
            string.Join(' ', (await get()).Select(row => row.BuilderName)).Should().Be(builders);
    }

    [Test]
    public async Task GetAll_TypedFilters_AcceptTimesAndTimeSpans()
    {
        await AddBuild("linux", BuildResult.Success, queued: 0, runs: 1.000001, completeAt: Start.AddMicroseconds(5));

        var spec = new ResultSpec
        {
            Filters =
            [
                new Filter("complete_at", FilterOperator.Equal, Start.AddMicroseconds(5)),
                new Filter("median_duration_s", FilterOperator.Equal, TimeSpan.FromMicroseconds(1_000_001)),
                new Filter("p95_duration_s", FilterOperator.LessThan, 1.000002),
            ],
        };

        (await Data.GetAll(new BuildStatisticsOfBuilder("linux"), spec)).Should().ContainSingle();
    }

    [Test]
    public async Task GetAll_BuilderWithoutCompleteBuildsOrUnknown_IsEmpty()
    {
        await Updates.Build("linux");

        (await Data.GetAll<BuildStatistics>("/build_statistics")).Should().BeEmpty();
        (await Data.GetAll<BuildStatistics>("/builders/linux/build_statistics")).Should().BeEmpty();
        (await Data.GetAll<BuildStatistics>("/builders/unknown/build_statistics/by_day")).Should().BeEmpty();
    }

    [Test]
    public async Task GetAll_RandomBuilds_HaveTheStatisticsOfTheModel()
    {
        var random = new Random(42);
        for (int i = 0; i < 150; i++)
        {
            await AddBuild(
                $"builder-{random.Next(4)}", (BuildResult)random.Next(7), queued: random.Next(5) == 0 ? 0 : random.NextDouble() * 100,
                runs: random.Next(20) / 7.0, completeAt: Start.AddSeconds(random.NextDouble() * 20 * 86_400));
        }

        ResourceList<Build> builds = await Data.GetAll<Build>("/builds?complete=true");
        Dictionary<long, DateTimeOffset> submitted = (await Data.GetAll<BuildRequest>("/buildrequests")).ToDictionary(request => request.BuildRequestId, request => request.SubmittedAt);
        Dictionary<long, string> names = (await Data.GetAll<Builder>("/builders")).ToDictionary(builder => builder.BuilderId, builder => builder.Name);
        DateTimeOffset from = Start.AddDays(3);
        DateTimeOffset to = Start.AddDays(15);
        Build[] inPeriod = [.. builds.Where(build => build.CompleteAt >= from && build.CompleteAt < to)];
        var spec = new ResultSpec { Filters = [new("complete_at", FilterOperator.GreaterOrEqual, from), new("complete_at", FilterOperator.LessThan, to)] };

        foreach (StatisticsPeriod? period in (StatisticsPeriod?[])[null, StatisticsPeriod.Hour, StatisticsPeriod.Day, StatisticsPeriod.Week])
        {
            (await Data.GetAll(new AllBuildStatistics(period))).Should().Equal(StatisticsModel.OfBuilds(builds, submitted, names, period));
            (await Data.GetAll(new AllBuildStatistics(period), spec)).Should().Equal(StatisticsModel.OfBuilds(inPeriod, submitted, names, period));
            (await Data.GetAll(new BuildStatisticsOfBuilder(2, period), spec)).Should().Equal(
                StatisticsModel.OfBuilds(inPeriod.Where(build => build.BuilderId == 2), submitted, names, period));
        }
    }

    [Test]
    public async Task Get_SelectedFields_MayBeFilteredByFieldsOfBuilds()
    {
        await AddBuild("linux", BuildResult.Success, queued: 0, runs: 1);

        (await Data.Get("/build_statistics?field=builds&field=period_start&results=success")).ToJson().Should().Be("""[{"period_start":null,"builds":1}]""");
    }

    [TestCase("/build_statistics?order=complete_at", "order")]
    [TestCase("/build_statistics?nothing=1", "nothing")]
    [TestCase("/build_statistics?property=a", "property")]
    [TestCase("/build_statistics?properties=1", "properties")]
    public async Task Get_ParameterThatStatisticsDoNotHave_IsRefused(string path, string parameter) =>
        (await Data.Awaiting(data => data.Get(path)).Should().ThrowAsync<InvalidQueryException>()).Which.Parameter.Should().StartWith(parameter);

    [Test]
    public async Task Get_FilterOnAnUnknownField_SuggestsFieldsOfBuildsToo() =>
        await Data.Awaiting(data => data.Get("/build_statistics?completed_at__ge=1")).Should().ThrowAsync<InvalidQueryException>().WithMessage("*Did you mean 'complete_at'?*median_duration_s*");

    [Test]
    public async Task Watch_Statistics_IsRefusedAndNamesWhatToWatch() =>
        await Data.Awaiting(data => data.Watch<BuildStatistics>("/build_statistics")).Should().ThrowAsync<InvalidPathException>().WithMessage("*Watch '/builds?complete=false'*");

    [TestCase("/build_statistics/by_day")]
    [TestCase("/build_statistics/by_day?order=-builds")]
    [TestCase("/build_statistics?order=median_duration_s&order=-builder_name")]
    [TestCase("/build_statistics")]
    public async Task GetAll_PagesOfRowsJoined_AreTheWhole(string path)
    {
        for (int i = 0; i < 20; i++)
            await AddBuild($"builder-{i % 3}", BuildResult.Success, queued: 0, runs: i % 2, completeAt: Start.AddDays(i % 4));
        ResourceList<BuildStatistics> whole = await Data.GetAll<BuildStatistics>(path);

        var joined = new List<BuildStatistics>();
        string? next = null;
        do
        {
            ResourceList<BuildStatistics> page = await Data.GetAll<BuildStatistics>(path, new ResultSpec { Limit = 2, After = next });
            joined.AddRange(page);
            next = page.Next;
        }
        while (next is not null);
        var streamed = new List<BuildStatistics>();
        await foreach (BuildStatistics row in Data.Stream<BuildStatistics>(path))
            streamed.Add(row);

        joined.Should().Equal(whole);
        streamed.Should().Equal(whole);
    }

    private async Task AddBuild(string builder, BuildResult results, double queued, double runs, DateTimeOffset? completeAt = null)
    {
        DateTimeOffset end = completeAt ?? Clock.GetUtcNow();
        DateTimeOffset start = end - TimeSpan.FromSeconds(runs);
        long builderId = await Updates.FindBuilderId(builder);
        long worker = await Updates.FindWorkerId("worker-1");
        AddedBuildset added = await Updates.AddBuildset(builderIds: [builderId], submittedAt: start - TimeSpan.FromSeconds(queued));
        AddedBuild build = await Updates.AddBuild(builderId, added.BuildRequestIds[builderId], worker, startedAt: start);
        await Updates.FinishBuild(build.BuildId, results, completeAt: end);
    }
}
