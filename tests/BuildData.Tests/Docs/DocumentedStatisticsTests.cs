using BuildData.Queries;

namespace BuildData.Tests;

/// <summary>The examples of the newest builds and of statistics, which are in the page about queries letter for letter.</summary>
internal sealed class DocumentedStatisticsTests
{
    [Test]
    public async Task Statistics_OfTheLastDay_CountTheBuildThatHasFailed()
    {
        using var folder = new TempFolder();
        await using Master master = await Master.Open(folder.ConnectionString);
        long failed = await master.Data.Updates.Build();
        AddedStep step = await master.Data.Updates.NewStep(failed, "compile");
        await master.Data.Updates.StartStep(step.StepId);
        await master.Data.Updates.FinishStep(step.StepId, BuildResult.Failure);
        await master.Data.Updates.FinishBuild(failed, BuildResult.Failure);

        // <newest>
        ResourceList<Build> now = await master.Data.GetAll<Build>("/builds/newest");
        ResourceList<Build> lastTen = await master.Data.GetAll(new NewestBuilds(10));       // or "/builds/newest/10"
        // </newest>

        // <statistics>
        var lastDay = new ResultSpec { Filters = [new Filter("complete_at", FilterOperator.GreaterOrEqual, DateTimeOffset.UtcNow.AddDays(-1))] };
        ResourceList<BuildStatistics> builders = await master.Data.GetAll<BuildStatistics>("/build_statistics", lastDay);
        foreach (BuildStatistics row in builders)
            Console.WriteLine($"{row.BuilderName}: {row.Failure} of {row.Builds} failed, median {row.MedianDuration}, queue {row.P95QueueTime}");

        var slower = await master.Data.GetAll<StepStatistics>($"/builders/{"linux"}/step_statistics?slowdown__ge=1.5&order=-slowdown", lastDay);
        // </statistics>

        now.Should().Equal(lastTen);
        builders.Should().ContainSingle().Which.Should().Match<BuildStatistics>(row => row.BuilderName == "linux" && row.Builds == 1 && row.Failure == 1);
        slower.Should().BeEmpty();
    }
}
