namespace BuildData.AspNetCore.Tests.Dashboard;

/// <summary>Adds data with which each part of each page has something to show.</summary>
internal static class SmallFarm
{
    /// <summary>Adds a running build with steps and a log, finished ones, and requests that wait. All texts contain the given text.</summary>
    /// <returns>The names, numbers and ids that tests need.</returns>
    public static async Task<Farm> Add(Updates updates, string text = "linux")
    {
        long builder = await updates.EnsureBuilder(text);
        await updates.UpdateBuilderInfo(builder, description: text, tags: [text]);
        long worker = await updates.EnsureWorkerFromTitle(text);
        await updates.WorkerConnected(worker);

        for (int i = 0; i < 3; i++)
            await AddFinished(updates, builder, worker, text, i == 1 ? BuildResult.Failure : BuildResult.Success);
        StartedBuild running = await Begin(updates, builder, worker, text);
        await updates.SetBuildProperty(running.BuildId, text, (text, text));
        await updates.SetBuildStateString(running.BuildId, text);

        AddedStep first = await updates.NewStepFromTitle(running.BuildId, $"first {text}");
        await updates.StartStep(first.StepId);
        await updates.SetStepLocksAcquiredAt(first.StepId);
        await updates.FinishStep(first.StepId, BuildResult.Warnings);
        AddedStep step = await updates.NewStepFromTitle(running.BuildId, text);
        await updates.StartStep(step.StepId);
        await updates.SetStepStateString(step.StepId, text);
        await updates.AddStepUrl(step.StepId, text, "https://example.org/report");
        await updates.AddStepUrl(step.StepId, $"script {text}", "javascript:window.hacked=1");
        AddedLog log = await updates.AddLog(step.StepId, text, LogType.Html);
        await updates.AppendLog(log.LogId, $"\u001b[31m{text}\u001b[0m\n");
        await updates.AddLog(step.StepId, $"other {text}", LogType.Stdio);

        long triggered = (await updates.AddBuildset(text, reason: text, builderIds: [builder], parentBuildId: running.BuildId, parentRelationship: text)).BuildRequestIds[builder];

        // A paused worker gets no builds.
        await updates.SetWorkerPaused(worker, true, text);
        return new Farm(builder, text, worker, running.BuildId, running.Number, step.StepId, log.LogId, triggered);
    }

    public static async Task<StartedBuild> Begin(Updates updates, long builder, long? worker, string text)
    {
        AddedBuildset set = await updates.AddBuildset(
            text, [new SourceStampKey { Repository = text, Branch = text, Revision = text, Project = text, Codebase = text }], text, new() { [text] = (text, text) }, [builder], priority: 1_000);
        return (await updates.StartNext(worker, [builder])) is { } build && build.Request.BuildsetId == set.BuildsetId ? build : throw new InvalidOperationException("Another request waits.");
    }

    private static async Task AddFinished(Updates updates, long builder, long worker, string text, BuildResult result)
    {
        StartedBuild build = await Begin(updates, builder, worker, text);
        AddedStep step = await updates.NewStepFromTitle(build.BuildId, text);
        await updates.StartStep(step.StepId);
        await updates.FinishStep(step.StepId, result);
        await updates.FinishBuild(build.BuildId, result);
        (await updates.CompleteBuildRequests([build.Request.BuildRequestId], result)).Succeeded.Should().BeTrue();
    }

    /// <summary>What the data contains.</summary>
    internal sealed record Farm(long BuilderId, string Builder, long WorkerId, long BuildId, long Number, long StepId, long LogId, long WaitingRequestId)
    {
        public string BuilderPath => $"builders/{Uri.EscapeDataString(Builder)}";

        public string BuildPath => $"{BuilderPath}/builds/{Number}";

        public string[] Pages => ["", "queue", BuilderPath, BuildPath];
    }
}
