using BuildData.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BuildData.Tests;

/// <summary>The examples of the page about testing, which are there letter for letter.</summary>
internal sealed class DocumentedTests
{
    // <testing>
    [Test]
    public async Task Run_TheCompilerFails_FinishesTheStepWithFailure()
    {
        await using TestMaster test = await TestMaster.Open();
        TestBuild build = await test.Updates.AddTestBuild("linux");
        await using Subscription<Step> finished = test.Events.Subscribe<Step>("/steps/*", "finished");

        await Compiler.Run(test.Updates, build.BuildId);               // the code under test

        finished.ReadAvailable().Select(e => e.Resource.Results).Should().Equal(BuildResult.Failure);
    }
    // </testing>

    [Test]
    public async Task Clock_Advanced_IsTheDurationOfTheBuild()
    {
        // <clock>
        await using TestMaster test = await TestMaster.OpenWithClock();
        TestBuild build = await test.Updates.AddTestBuild();
        test.Clock.Advance(TimeSpan.FromMinutes(5));
        await test.Updates.FinishBuild(build.BuildId, BuildResult.Success);     // five minutes after its start
        // </clock>

        Build finished = (await test.Data.Get<Build>($"/builds/{build.BuildId}"))!;
        (finished.CompleteAt - finished.StartedAt).Should().Be(TimeSpan.FromMinutes(5));
    }

    // <handler>
    [Test]
    public void Describe_BuildFailed_NamesTheResult()
    {
        var failed = new Build { BuildId = 7, Number = 3, BuilderId = 1, Results = BuildResult.Failure };
        DataEvent<Build> e = TestEvents.Create(failed, "finished");

        string text = Notifier.Describe(e);                            // the code under test

        text.Should().Be("/builds/7: Failure");
    }
    // </handler>

    [Test]
    public async Task Restart_WithKeptEvents_ReadsThemAgain()
    {
        // <restarting>
        await using TestMaster test = await TestMaster.Open(options => options.KeepEvents(TimeSpan.FromDays(1)));
        EventCursor cursor = test.Events.LastCursor;
        await test.Updates.AddTestBuild();
        await test.Restart();
        await using Subscription missed = test.Events.Subscribe("/builds/*", after: cursor);
        // </restarting>

        await using IAsyncEnumerator<DataEvent> events = missed.GetAsyncEnumerator();
        (await events.MoveNextAsync()).Should().BeTrue();
        events.Current.ToString().Should().EndWith("/builds/1 new");
    }

    [Test]
    public async Task Host_WithATestDatabase_UsesItsFile()
    {
        // <hosted>
        using var database = new TestDatabase();
        HostApplicationBuilder builder = MyHost.CreateBuilder();                // calls AddBuildData
        builder.Services.PostConfigure<BuildDataOptions>(options => options.UseSqlite(database.ConnectionString));
        using IHost host = builder.Build();
        await host.StartAsync();
        // </hosted>

        await host.Services.GetRequiredService<Updates>().AddTestBuild();
        File.Exists(database.FilePath).Should().BeTrue();
        await host.StopAsync();
    }

    /// <summary>What a host does.</summary>
    private static class Compiler
    {
        public static async Task Run(Updates updates, long buildId)
        {
            AddedStep step = await updates.NewStep(buildId, "compile");
            await updates.FinishStep(step.StepId, BuildResult.Failure);
        }
    }

    /// <summary>What a host does with events.</summary>
    private static class Notifier
    {
        public static string Describe(DataEvent<Build> e) => $"{e.Path}: {e.Resource.Results}";
    }

    /// <summary>A host program with a database of its own.</summary>
    private static class MyHost
    {
        public static HostApplicationBuilder CreateBuilder()
        {
            HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
            builder.Services.AddBuildData(options => options.UseSqlite("Data Source=/nonexistent/builds.db"));
            return builder;
        }
    }
}
