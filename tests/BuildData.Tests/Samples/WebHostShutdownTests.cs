using System.Text.Json;

namespace BuildData.Tests;

/// <summary>The sample WebHost stops in an orderly way when a service manager ends it with SIGTERM.</summary>
[Platform(Exclude = "Win", Reason = "Windows has no signals.")]
internal sealed class WebHostShutdownTests
{
    private static readonly TimeSpan Endless = TimeSpan.FromDays(1);

    private TempFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TempFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task SigTerm_BuildsFinish_EndsWithSuccess()
    {
        await using WebHostProcess host = await WebHostProcess.Start(_folder, buildDuration: TimeSpan.Zero);
        await host.WaitForBuilds(1);

        (await host.Stop()).Should().Be(0);
    }

    [Test]
    public async Task SigTerm_BuildsFinish_FileHasWhatWasAnswered()
    {
        await using WebHostProcess host = await WebHostProcess.Start(_folder, buildDuration: TimeSpan.Zero);
        await host.WaitForBuilds(3);
        string answered = await host.Client.GetStringAsync("/api/v2/builds?results=0&order=buildid");
        await host.Stop();

        await using Master master = await Master.Open(_folder.ConnectionString);
        JsonElement builds = JsonSerializer.Deserialize<JsonElement>(answered).GetProperty("builds");
        int count = builds.GetArrayLength();
        (await master.Data.Get($"/builds?results=0&order=buildid&limit={count}")).ToJson().Should().Be(builds.GetRawText());
    }

    [Test]
    public async Task SigTerm_BuildRuns_IsStoredAsCancelled()
    {
        await using WebHostProcess host = await WebHostProcess.Start(_folder, Endless);
        await host.WaitForRunningStep();

        await host.Stop();

        await using Master master = await Master.Open(_folder.ConnectionString);
        (await master.Data.Get<Step>("/builds/1/steps/compile"))!.Results.Should().Be(BuildResult.Cancelled);
        (await master.Data.Get<Build>("/builds/1"))!.Results.Should().Be(BuildResult.Cancelled);
        (await master.Data.Get<BuildRequest>("/buildrequests/1"))!.Results.Should().Be(BuildResult.Cancelled);
    }

    [Test]
    public async Task Restart_AfterSigTerm_NotifiesOfEachBuildOnce()
    {
        await using WebHostProcess first = await WebHostProcess.Start(_folder, buildDuration: TimeSpan.Zero);
        await first.WaitForBuilds(2);
        await first.Stop();

        await using WebHostProcess second = await WebHostProcess.Start(_folder, buildDuration: TimeSpan.Zero);
        await second.WaitForBuilds(2);
        await second.Stop();

        string[] notified = [.. first.NotifiedBuilds, .. second.NotifiedBuilds];
        notified.Should().Equal(Enumerable.Range(1, notified.Length).Select(number => $"{number}"));
    }

    [Test]
    public async Task SigTerm_ConsoleTelemetry_ExportsATraceOfEveryBuild()
    {
        await using WebHostProcess host = await WebHostProcess.Start(_folder, Endless, "--telemetry=console");
        await host.WaitForRunningStep();

        await host.Stop();

        host.PrintedActivities.Should().ContainSingle(name => name == "RUN linux/x64");
    }
}
