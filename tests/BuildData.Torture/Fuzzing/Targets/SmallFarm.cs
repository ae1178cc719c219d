namespace BuildData.Torture.Fuzzing.Targets;

/// <summary>A few builds of each kind. All times are fixed, so that two stores have the same content.</summary>
internal static class SmallFarm
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000);

    /// <summary>Adds the builds to an empty store.</summary>
    public static async Task AddTo(Updates updates)
    {
        long linux = await updates.FindBuilderId("linux");
        long odd = await updates.FindBuilderId("ä b/%");
        await updates.UpdateBuilderInfo(linux, description: "Compiles.", tags: ["fast", "x64"]);
        long worker = await updates.FindWorkerId("worker-1");
        await updates.WorkerConfigured(worker, builderIds: [linux, odd]);
        for (int i = 0; i < 6; i++)
        {
            AddedBuildset set = await updates.AddBuildset(
                scheduler: i % 2 == 0 ? "nightly" : null,
                sourceStamps: [new SourceStampKey { Repository = "https://example.org/a.git", Branch = i % 3 == 0 ? null : "main", Revision = $"{i}", Project = "p", Codebase = "" }],
                reason: $"reason {i}\n\"'%_\\",
                properties: new() { ["owner"] = ("ann", "Scheduler"), ["n"] = (i, "Force"), ["ä"] = (i / 2.0, "x") },
                builderIds: i % 2 == 0 ? [linux, odd] : [linux],
                externalIdString: i == 1 ? "outside" : null,
                priority: i,
                submittedAt: Start.AddSeconds(i));
            if (i < 4)
                await Build(updates, linux, set.BuildRequestIds[linux], worker, i);
        }
    }

    private static async Task Build(Updates updates, long builder, long request, long worker, int i)
    {
        DateTimeOffset start = Start.AddSeconds(10 * i);
        await updates.ClaimBuildRequests([request], start);
        AddedBuild build = await updates.AddBuild(builder, request, i == 1 ? null : worker, startedAt: start);
        await updates.SetBuildProperty(build.BuildId, "got_revision", ($"{i}", "Git"));
        for (int s = 0; s < 3; s++)
        {
            AddedStep step = await updates.NewStep(build.BuildId, s == 0 ? "compile" : $"test_{s}");
            await updates.StartStep(step.StepId, start.AddSeconds(s));
            await updates.AddStepUrl(step.StepId, "log", "https://example.org/logs/1");
            AddedLog log = await updates.AddLog(step.StepId, "stdio", s == 0 ? LogType.Stdio : LogType.Text);
            await updates.AppendLog(log.LogId, "ofirst\nesecond ä\nhthird\n");
            await updates.FinishLog(log.LogId);
            if (i < 3)
                await updates.FinishStep(step.StepId, (BuildResult)(s % 3), hidden: s == 2, completeAt: start.AddSeconds(s + 1));
        }

        if (i == 3)
            return;
        await updates.FinishBuild(build.BuildId, (BuildResult)i, start.AddSeconds(9));
        await updates.CompleteBuildRequests([request], (BuildResult)i, start.AddSeconds(9));
    }
}
