namespace BuildData.StoreContracts;

public abstract class StepStatisticsTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task Get_StepStatistics_HasTheMedianAndTheNewestInWireForm()
    {
        await AddBuild("linux", ("compile", 10), ("test", 4));
        await AddBuild("linux", ("compile", 20), ("test", 5));
        await AddBuild("linux", ("compile", 35), ("test", 0.5));
        await AddBuild("mac", ("compile", 1000));

        DataResult result = await Data.Get("/builders/linux/step_statistics");

        result.ToJson().Should().Be(
            """[{"name":"compile","steps":3,"failures":0,"median_duration_s":20,"p95_duration_s":35,"newest_stepid":5,"newest_duration_s":35,"slowdown":1.75},"""
            + """{"name":"test","steps":3,"failures":0,"median_duration_s":4,"p95_duration_s":5,"newest_stepid":6,"newest_duration_s":0.5,"slowdown":0.125}]""");
    }

    [TestCase("?order=-slowdown", "slower compile zero")]
    [TestCase("?slowdown__ge=1.5", "slower")]
    [TestCase("?order=-slowdown&limit=1", "slower")]
    [TestCase("?name__contains=e&order=-name", "zero slower compile")]
    [TestCase("?newest_duration_s__lt=0.000001", "zero")]
    public async Task GetAll_OrderOrFilterOfRows_AppliesToTheStatistics(string query, string names)
    {
        await AddBuild("linux", ("compile", 10), ("slower", 4), ("zero", 0));
        await AddBuild("linux", ("compile", 10), ("slower", 6), ("zero", 0));

        ResourceList<StepStatistics> statistics = await Data.GetAll<StepStatistics>("/builders/1/step_statistics" + query);

        string.Join(' ', statistics.Select(row => row.Name)).Should().Be(names);
    }

    [Test]
    public async Task GetAll_MedianOfZero_HasNoSlowdown()
    {
        await AddBuild("linux", ("zero", 0));

        (await Data.GetAll(new StepStatisticsOfBuilder("linux"))).Should().ContainSingle().Which.Slowdown.Should().BeNull();
    }

    [Test]
    public async Task GetAll_IncompleteBuildsAndStepsThatNeverStarted_DoNotCount()
    {
        long running = await Updates.Build("linux");
        AddedStep complete = await Updates.NewStep(running, "compile");
        await Updates.StartStep(complete.StepId);
        await Updates.FinishStep(complete.StepId, BuildResult.Success);
        long finished = await Updates.Build("linux");
        AddedStep neverStarted = await Updates.NewStep(finished, "test");
        await Updates.FinishStep(neverStarted.StepId, BuildResult.Skipped);
        await Updates.FinishBuild(finished, BuildResult.Success);

        (await Data.GetAll<StepStatistics>("/builders/linux/step_statistics")).Should().BeEmpty();
    }

    [Test]
    public async Task GetAll_FilterOnBuilds_SelectsTheBuildsWhoseStepsCount()
    {
        await AddBuild("linux", ("compile", 1));
        Clock.Advance(TimeSpan.FromDays(1));
        DateTimeOffset start = Clock.GetUtcNow();
        await AddBuild("linux", ("compile", 2));

        ResourceList<StepStatistics> statistics = await Data.GetAll<StepStatistics>($"/builders/linux/step_statistics?complete_at__ge={start.ToUnixTimeSeconds()}&results=success");

        statistics.Should().ContainSingle().Which.Should().Match<StepStatistics>(row => row.Steps == 1 && row.MedianDuration == TimeSpan.FromSeconds(2));
    }

    [Test]
    public async Task GetAll_RandomSteps_HaveTheStatisticsOfTheModel()
    {
        var random = new Random(11);
        for (int i = 0; i < 40; i++)
        {
            string[] names = [.. ((string[])["a", "B", "compile", "test", "upload"]).Where(_ => random.Next(3) > 0)];
            await AddBuild($"builder-{random.Next(2)}", [.. names.Select(name => (name, random.Next(6) / 3.0))]);
        }

        ResourceList<Build> builds = await Data.GetAll<Build>("/builders/1/builds?results=success");
        var steps = new List<Step>();
        foreach (Build build in builds)
            steps.AddRange(await Data.GetAll<Step>($"/builds/{build.BuildId}/steps"));

        (await Data.GetAll<StepStatistics>("/builders/1/step_statistics?results=success")).Should().Equal(StatisticsModel.OfSteps(steps));
    }

    [Test]
    public async Task Watch_Statistics_IsRefused() =>
        await Data.Awaiting(data => data.Watch(new StepStatisticsOfBuilder("linux"))).Should().ThrowAsync<InvalidPathException>().WithMessage("*Watch '/builds?complete=false'*");

    private async Task AddBuild(string builder, params (string Name, double Seconds)[] steps)
    {
        long build = await Updates.Build(builder);
        for (int i = 0; i < steps.Length; i++)
        {
            AddedStep step = await Updates.NewStep(build, steps[i].Name);
            DateTimeOffset start = Clock.GetUtcNow();
            await Updates.StartStep(step.StepId, startedAt: start);
            BuildResult results = steps[i].Seconds > 1.5 && steps[i].Name == "a" ? BuildResult.Failure : BuildResult.Success;
            await Updates.FinishStep(step.StepId, results, completeAt: start.AddSeconds(steps[i].Seconds));
        }

        await Updates.FinishBuild(build, build % 5 == 0 ? BuildResult.Failure : BuildResult.Success);
    }
}
