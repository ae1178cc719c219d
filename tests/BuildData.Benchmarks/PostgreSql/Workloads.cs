using System.Globalization;

namespace BuildData.Benchmarks;

/// <summary>What callers do, the same for every contender.</summary>
internal static class Workloads
{
    private static readonly string[] Names = [.. Enumerable.Range(0, Database.StepsPerBuild).Select(number => $"s{number}")];

    /// <summary>Returns what a caller, named by its number, does until its time is up.</summary>
    public static async Task<Func<int, TurnClock, Task>> Prepare(RacerStart start, IContender contender)
    {
        var builds = new WaitingBuilds(start);
        switch (start.Work)
        {
            case "p1":
                return (_, clock) => StepLifeCycles(contender, builds, clock);
            case "p2":
                return (caller, clock) => WholeBuilds(contender, start, caller, clock);
            case "p3":
                StepKey step = await contender.NewStep(builds.Next(), "compile");
                return (_, clock) => StateStrings(contender, step, clock);
            default:
                throw new ArgumentException($"There is no work '{start.Work}'.");
        }
    }

    /// <summary>Returns the title of the work.</summary>
    public static string Title(string work) => work switch
    {
        "p1" => "p1 step life cycle, updates",
        "p2" => "p2 whole builds of 8 updates, from buildset to buildset complete, updates",
        _ => "p3 state strings of one step by a lone caller, updates",
    };

    private static async Task StepLifeCycles(IContender contender, WaitingBuilds builds, TurnClock clock)
    {
        while (clock.GoOn)
        {
            long build = builds.Next();
            for (int i = 0; i < Names.Length && clock.GoOn; i++)
            {
                StepKey step = await contender.NewStep(build, Names[i]);
                clock.Done();
                await contender.StartStep(step);
                clock.Done();
                await contender.SetStepStateString(step, "compiling 12 of 80 files");
                clock.Done();
                await contender.AddStepUrl(step, "log", "https://example.org/logs/1");
                clock.Done();
                await contender.FinishStep(step, BuildResult.Success);
                clock.Done();
            }
        }
    }

    private static async Task WholeBuilds(IContender contender, RacerStart start, int caller, TurnClock clock)
    {
        for (int i = 0; clock.GoOn; i++)
        {
            long builder = start.Rows.BuilderIds[(start.Index + caller + i) % start.Rows.BuilderIds.Length];
            long request = await contender.AddBuildset(builder, string.Create(CultureInfo.InvariantCulture, $"{start.Index}.{caller}"));
            clock.Done();
            if (!await contender.ClaimBuildRequest(request))
                throw new InvalidOperationException("Somebody else has claimed it.");
            clock.Done();
            long build = await contender.AddBuild(builder, request);
            clock.Done();
            StepKey step = await contender.NewStep(build, "compile");
            clock.Done();
            await contender.StartStep(step);
            clock.Done();
            await contender.FinishStep(step, BuildResult.Success);
            clock.Done();
            await contender.FinishBuild(build, BuildResult.Success);
            clock.Done();
            if (!await contender.CompleteBuildRequest(request, BuildResult.Success))
                throw new InvalidOperationException("Somebody else has completed it.");
            clock.Done();
        }
    }

    private static async Task StateStrings(IContender contender, StepKey step, TurnClock clock)
    {
        for (bool isOdd = true; clock.GoOn; isOdd = !isOdd)
        {
            await contender.SetStepStateString(step, isOdd ? "compiling 11 of 80 files" : "compiling 12 of 80 files");
            clock.Done();
        }
    }
}
