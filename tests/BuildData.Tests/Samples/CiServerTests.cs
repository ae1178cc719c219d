using System.Text.RegularExpressions;

namespace BuildData.Tests;

/// <summary>The sample CiServer builds every request, also after its process was killed.</summary>
internal sealed partial class CiServerTests
{
    private TempFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TempFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Demo_NewFolder_DoesWhatItClaims()
    {
        await using SampleProcess demo = SampleProcess.Start("CiServer", _folder, "demo");

        int exitCode = await demo.WaitForEnd();

        exitCode.Should().Be(0, string.Join('\n', demo.Output));
    }

    [Test]
    public async Task Demo_KilledWhileABuildRan_BuildsItsRequestAgain()
    {
        await using (SampleProcess killed = SampleProcess.Start("CiServer", _folder, "demo"))
        {
            await killed.ReadUntil(SlowBuildRuns());
            await killed.Kill();
        }

        await using SampleProcess next = SampleProcess.Start("CiServer", _folder, "demo");
        int exitCode = await next.WaitForEnd();

        exitCode.Should().Be(0, string.Join('\n', next.Output));
        await using Master master = await OpenReadOnly();
        Build interrupted = (await master.Data.Get<Build>("/builders/slow/builds/1"))!;
        interrupted.Results.Should().Be(BuildResult.Retry);
        (await master.Data.GetAll<Build>($"/buildrequests/{interrupted.BuildRequestId}/builds?order=number")).Select(build => build.Results)
            .Should().HaveCountGreaterThan(1).And.EndWith(BuildResult.Cancelled);
    }

    [Test]
    public async Task Demo_KilledWhileABuildRan_LeavesNothingOpenAtItsNextEnd()
    {
        await using (SampleProcess killed = SampleProcess.Start("CiServer", _folder, "demo"))
        {
            await killed.ReadUntil(SlowBuildRuns());
            await killed.Kill();
        }

        await using SampleProcess next = SampleProcess.Start("CiServer", _folder, "demo");
        await next.WaitForEnd();

        await using Master master = await OpenReadOnly();
        (await master.Data.GetAll<BuildRequest>("/buildrequests")).Should().NotBeEmpty().And.OnlyContain(request => request.Complete);
        (await master.Data.GetAll<Buildset>("/buildsets")).Should().OnlyContain(buildset => buildset.Complete);
        (await master.Data.GetAll<Build>("/builds")).Should().OnlyContain(build => build.Complete);
        (await master.Data.GetAll<Step>("/steps")).Should().OnlyContain(step => step.Complete);
    }

    [Test]
    public async Task Server_BuildIsCancelled_KillsItsCommand()
    {
        await using SampleProcess server = SampleProcess.Start("CiServer", _folder);
        await server.Type("build");
        await server.ReadUntil(SlowBuildRuns());

        await server.Type("cancel slow 1");

        await server.ReadUntil(SlowBuildIsCancelled());
        await server.Type("quit");
        (await server.WaitForEnd()).Should().Be(0);
    }

    [Test]
    public async Task Server_QuitsWhileABuildRuns_ReleasesItsRequest()
    {
        await using SampleProcess server = SampleProcess.Start("CiServer", _folder);
        await server.Type("build");
        await server.ReadUntil(SlowBuildRuns());

        await server.Type("quit");

        (await server.WaitForEnd()).Should().Be(0);
        await using Master master = await OpenReadOnly();
        Build stopped = (await master.Data.Get<Build>("/builders/slow/builds/1"))!;
        BuildRequest waiting = (await master.Data.Get<BuildRequest>($"/buildrequests/{stopped.BuildRequestId}"))!;
        (stopped.Results, waiting.Claimed, waiting.Complete).Should().Be((BuildResult.Retry, false, false));
    }

    private Task<Master> OpenReadOnly() => Master.Open($"{_folder.ConnectionString};Mode=ReadOnly");

    [GeneratedRegex("slow #1 runs soak")]
    private static partial Regex SlowBuildRuns();

    [GeneratedRegex("slow #1 Cancelled")]
    private static partial Regex SlowBuildIsCancelled();
}
