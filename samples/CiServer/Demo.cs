using System.Diagnostics;

namespace BuildData.Samples.CiServer;

/// <summary>Uses the server as people do, and checks what became of the builds.</summary>
internal sealed class Demo(DataApi data, Func<string, Task<AddedBuildset>> schedule)
{
    private const string Repaired = "repaired";

    /// <summary>Starts a server as another process, requests builds, and kills the process while the builder "slow" runs.</summary>
    public static async Task KillAServer()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Demo).Assembly.Location]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using Process server = Process.Start(start)!;
        await server.StandardInput.WriteLineAsync("build");
        await server.StandardInput.FlushAsync();
        while (await server.StandardOutput.ReadLineAsync() is { } line)
        {
            Console.WriteLine(line);
            if (line.Contains("runs soak", StringComparison.Ordinal))
                server.Kill(entireProcessTree: true);
        }

        await server.WaitForExitAsync();
        Console.WriteLine("-- The server was killed. The next one recovers.");
    }

    /// <summary>Cancels and rebuilds. Returns whether everything happened as it should.</summary>
    public async Task<bool> Run()
    {
        // Whenever the step "soak" runs, somebody loses patience. Its command is then killed.
        await using EventCallback impatience = data.Events.Subscribe<Build>("/builds/*", "update").Handle(async (e, cancel) =>
        {
            if (e.Resource.StateString == "soak")
                await data.Updates.CancelBuildRequests([e.Resource.BuildRequestId], "takes too long", cancel);
        });

        File.Delete(Repaired);
        await schedule($"{Guid.NewGuid():N}"[..7]);
        await WaitUntilIdle();

        Console.WriteLine("-- The flaky machine is repaired. Its last build is built again.");
        await File.WriteAllTextAsync(Repaired, "");
        ResourceList<Build> flaky = await data.GetAll<Build>("/builders/flaky/builds?order=-number&limit=1");
        AddedBuildset rebuild = await data.Updates.Rebuild(flaky[0].BuildId);
        await WaitUntilIdle();

        return Check("failed", flaky[0].Results == BuildResult.Failure)
            & Check("succeeded after its repair", (await data.Get<Buildset>($"/buildsets/{rebuild.BuildsetId}"))!.Results == BuildResult.Success)
            & Check("was cancelled", (await data.GetAll<Build>("/builders/slow/builds?order=-number&limit=1"))[0].Results == BuildResult.Cancelled)
            & Check("has the output of its steps", await StepsHaveLogs(rebuild.BuildsetId))
            & Check("was built again after the kill", await InterruptedBuildsWereBuiltAgain());
    }

    private async Task<bool> StepsHaveLogs(long buildsetId)
    {
        ResourceList<Build> builds = await data.GetAll<Build>($"/buildsets/{buildsetId}/builds");
        ResourceList<Step> steps = await data.GetAll<Step>($"/builds/{builds[0].BuildId}/steps");
        StepLog? log = await data.Get<StepLog>($"/steps/{steps[0].StepId}/logs/stdio");
        return log is { Complete: true, NumLines: > 0 };
    }

    private static bool Check(string claim, bool isTrue)
    {
        Console.WriteLine($"{(isTrue ? "ok    " : "FAILED")} a build {claim}");
        return isTrue;
    }

    private async Task WaitUntilIdle()
    {
        await using Watch<BuildRequest> open = await data.Watch<BuildRequest>("/buildrequests?complete=false");
        if (open.InitialResult.Count == 0)
            return;
        await foreach (WatchChange<BuildRequest> _ in open)
        {
            if (open.Current.Count == 0)
                break;
        }
    }

    private async Task<bool> InterruptedBuildsWereBuiltAgain()
    {
        ResourceList<Build> interrupted = await data.GetAll<Build>("/builds?results=retry");
        bool builtAgain = interrupted.Count > 0;
        foreach (Build build in interrupted)
            builtAgain &= await data.Count<Build>($"/buildrequests/{build.BuildRequestId}/builds?results__ne=retry") == 1;
        return builtAgain;
    }
}
