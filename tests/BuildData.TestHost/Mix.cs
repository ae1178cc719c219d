namespace BuildData.TestHost;

/// <summary>Runs callers that use all kinds of updates until the process is killed. Each caller works with its own builds.</summary>
internal static class Mix
{
    private const int Callers = 16;

    public static Task Write(Updates updates) => Task.WhenAll(Enumerable.Range(0, Callers).Select(i => Task.Run(() => Write(updates, new Random(Environment.TickCount + i)))));

    /// <summary>Does the same as <see cref="Write(Updates)"/>, and removes everything that is old, which it soon is.</summary>
    public static async Task WriteAndPrune(Updates updates)
    {
        Task writing = Write(updates);
        while (!writing.IsCompleted)
        {
            await updates.Prune(new HistoryPolicy(TimeSpan.FromMilliseconds(1), atLeastPerBuilder: 1));
            await Console.Out.WriteLineAsync("removed");
        }

        await writing;
    }

    private static async Task Write(Updates updates, Random random)
    {
        while (true)
        {
            long[] builders = [await updates.FindBuilderId($"b{random.Next(4)}"), await updates.FindBuilderId($"b{4 + random.Next(4)}")];
            AddedBuildset set = await updates.AddBuildset(
                sourceStamps: [new SourceStampKey { Revision = $"{random.Next(20)}" }], properties: new() { ["owner"] = ("ann", "S") }, builderIds: builders, waitedFor: random.Next(2) == 0);
            long request = set.BuildRequestIds[builders[0]];
            if (!await updates.ClaimBuildRequests([request]))
                continue;

            AddedBuild build = await updates.AddBuild(builders[0], request);
            await updates.SetBuildProperty(build.BuildId, "rev", (random.Next(), "Git"));
            for (int i = random.Next(5); i > 0; i--)
                await AddStep(updates, random, build.BuildId);
            await updates.Transaction(async u =>
            {
                await u.SetBuildProperty(build.BuildId, "done", (true, "S"));
                await u.FinishBuild(build.BuildId, (BuildResult)random.Next(7));
                await u.CompleteBuildRequests([request], BuildResult.Success);
            });
        }
    }

    private static async Task AddStep(Updates updates, Random random, long buildId)
    {
        AddedStep step = await updates.NewStep(buildId, "step");
        if (random.Next(2) == 0)
        {
            await updates.StartStep(step.StepId);
            await updates.AddStepUrl(step.StepId, "log", $"https://example.org/{step.StepId}");
            await updates.SetStepStateString(step.StepId, $"state of {step.StepId}");
        }
        else
        {
            await updates.Transaction(async u =>
            {
                await u.SetStepStateString(step.StepId, $"state of {step.StepId}");
                await u.FinishStep(step.StepId, (BuildResult)random.Next(7), hidden: false);
            });
        }

        await Console.Out.WriteLineAsync($"{step.StepId}");
    }
}
