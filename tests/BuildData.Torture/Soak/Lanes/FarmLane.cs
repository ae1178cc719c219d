namespace BuildData.Torture.Soak.Lanes;

/// <summary>Builds again and again, from the request to the end, with steps, logs and properties.</summary>
/// <param name="number">The number of its builder.</param>
internal sealed class FarmLane(int number) : Lane
{
    private const int MostLines = 300;
    private const int LinesOfLongLog = 20_000;

    public override string Name => "builds";

    protected override async Task Act(SoakWorld world, Random random, CancellationToken end)
    {
        Updates updates = world.Updates;
        long builder = await updates.FindBuilderId($"farm-b{number}", end);
        long worker = await updates.FindWorkerId($"farm-worker{number}", end);
        AddedBuildset added = await updates.AddBuildset(
            scheduler: "soak",
            sourceStamps: [new SourceStampKey { Repository = "https://example.org/app.git", Revision = $"r{random.Next(1000)}" }],
            reason: $"farm-{random.Next()}",
            properties: new() { ["owner"] = ("ann", "Scheduler"), ["number"] = ($"{random.Next(10)}", "Scheduler") },
            builderIds: [builder],
            cancellationToken: end);
        if (await updates.StartNext(worker, [builder], end) is not { } build)
            return;

        for (int step = 0, steps = random.Next(1, 5); step < steps; step++)
        {
            (long stepId, long logId) = await RunStep(world, build.BuildId, random, end);
            world.Newest = new NewestIds(added.BuildsetId, build.Request.BuildRequestId, builder, worker, build.BuildId, build.Number, stepId, logId);
        }

        await updates.SetBuildProperty(build.BuildId, "got_revision", ($"r{random.Next(1000)}", "soak"), end);
        await updates.FinishBuild(build.BuildId, random.Next(8) == 0 ? BuildResult.Failure : BuildResult.Success, cancellationToken: end);
        await updates.CompleteBuildRequests([build.Request.BuildRequestId], BuildResult.Success, cancellationToken: end);
    }

    private static async Task<(long Step, long Log)> RunStep(SoakWorld world, long build, Random random, CancellationToken end)
    {
        Updates updates = world.Updates;
        AddedStep step = await updates.NewStep(build, "compile", end);
        await updates.StartStep(step.StepId, locksAcquired: true, cancellationToken: end);
        await updates.AddStepUrl(step.StepId, "results", $"https://example.org/{step.StepId}", end);
        await using LogWriter writer = await updates.OpenLogWriter(step.StepId, "output", cancellationToken: end);
        int lines = random.Next(50) == 0 ? LinesOfLongLog : random.Next(MostLines);
        for (int line = 0; line < lines; line++)
        {
            await writer.WriteLineAsync($"{line} {new string((char)('a' + random.Next(26)), random.Next(120))}".AsMemory(), end);
            if (line % 100 == 99)
                await world.Pause(random, 1, end);
        }

        await updates.SetStepStateString(step.StepId, $"{lines} lines", end);
        await updates.FinishStep(step.StepId, BuildResult.Success, cancellationToken: end);
        return (step.StepId, writer.LogId);
    }
}
