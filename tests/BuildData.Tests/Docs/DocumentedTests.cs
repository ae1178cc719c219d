namespace BuildData.Tests;

/// <summary>The example of the page about testing, which is there letter for letter.</summary>
internal sealed class DocumentedTests
{
    // <testing>
    private string _folder = "";
    private Master _master = null!;

    [SetUp]
    public async Task OpenMaster()
    {
        _folder = Directory.CreateTempSubdirectory().FullName;
        _master = await Master.Open(options =>
        {
            options.UseSqlite($"Data Source={Path.Combine(_folder, "builds.db")}");
            options.Durability = Durability.Normal;
        });
    }

    [TearDown]
    public async Task CloseMaster()
    {
        await _master.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Run_TheCompilerFails_FinishesTheStepWithFailure()
    {
        await using Subscription<Step> finished = _master.Data.Events.Subscribe<Step>("/steps/*", "finished");

        await Compiler.Run(_master.Data.Updates);                      // the code under test

        var results = new List<BuildResult?>();
        await finished.DisposeAsync();                                 // ends the stream after what was announced
        await foreach (DataEvent<Step> e in finished)
            results.Add(e.Resource.Results);
        results.Should().Equal(BuildResult.Failure);
    }
    // </testing>

    /// <summary>What a host does.</summary>
    private static class Compiler
    {
        public static async Task Run(Updates updates)
        {
            long builder = await updates.FindBuilderId("linux");
            AddedBuildset buildset = await updates.AddBuildset(builderIds: [builder]);
            AddedBuild build = await updates.AddBuild(builder, buildset.BuildRequestIds[builder]);
            AddedStep step = await updates.NewStep(build.BuildId, "compile");
            await updates.FinishStep(step.StepId, BuildResult.Failure);
        }
    }
}
