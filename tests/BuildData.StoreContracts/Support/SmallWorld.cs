using Microsoft.Extensions.Time.Testing;

namespace BuildData.StoreContracts;

/// <summary>Adds some resources of every kind, one builder at a time.</summary>
internal sealed class SmallWorld(Updates updates, FakeTimeProvider clock)
{
    private static readonly string[] Builders = ["linux", "mac os/x", "later"];

    private int _grown;
    private long _lastBuild;

    /// <summary>Adds a builder, a worker and buildsets with their builds and steps, and changes what was added before.</summary>
    public async Task Grow()
    {
        int n = _grown++;
        long builder = await updates.FindBuilderId(Builders[n % Builders.Length]);
        long worker = await updates.FindWorkerId($"worker-{n + 1}");
        await updates.UpdateBuilderInfo(builder, $"description {n}", null, null, n, n % 2 == 0 ? ["fast", $"tag-{n}"] : ["slow"]);
        await ChangeLists(n, builder, worker);
        if (_lastBuild > 0)
            await ChangeLast();

        for (int i = 0; i < 2; i++)
            await AddBuild(builder, worker, $"{n}.{i}", parent: i > 0 ? _lastBuild : null);

        AddedBuildset waiting = await AddBuildset(builder, $"waiting {n}", null);
        await updates.ClaimBuildRequests([waiting.BuildRequestIds[builder]]);
        await updates.UnclaimBuildRequests([waiting.BuildRequestIds[builder]]);
    }

    private async Task AddBuild(long builder, long worker, string name, long? parent)
    {
        AddedBuildset set = await AddBuildset(builder, name, parent);
        long request = set.BuildRequestIds[builder];
        await updates.ClaimBuildRequests([request]);
        AddedBuild build = await updates.AddBuild(builder, request, parent is null ? null : worker);
        _lastBuild = build.BuildId;
        await updates.SetBuildProperty(build.BuildId, "rev", (name, "Git"));
        await updates.SetBuildStateString(build.BuildId, $"building {name}");
        await updates.SetBuildProperty(build.BuildId, "late", (true, "Step"));
        foreach (string stepName in (string[])["compile", "test"])
        {
            clock.Advance(TimeSpan.FromMicroseconds(1_234_567));
            AddedStep step = await updates.NewStep(build.BuildId, stepName);
            await updates.StartStep(step.StepId, locksAcquired: true);
            await updates.AddStepUrl(step.StepId, "log", $"https://example.org/{name}/{stepName}");
            await updates.SetStepStateString(step.StepId, $"{stepName} of {name}");
            AddedLog log = await updates.AddLog(step.StepId, "stdio", LogType.Stdio);
            await updates.AppendLog(log.LogId, $"h{stepName}\nobuilding {name}\n");
            await updates.AddLog(step.StepId, "warnings");
            if (stepName == "compile")
                await updates.FinishLog(log.LogId);
            if (stepName == "compile")
                await updates.FinishStep(step.StepId, parent is null ? BuildResult.Success : BuildResult.Failure, hidden: parent is null);
        }
    }

    /// <summary>Changes the builder list of the master, and what is configured and connected.</summary>
    private async Task ChangeLists(int n, long builder, long worker)
    {
        long first = await updates.FindWorkerId("worker-1");
        await updates.UpdateBuilderList(n == 1 ? [Builders[1]] : Builders[..(n + 1)]);
        await updates.WorkerConfigured(worker, [1, builder]);
        await updates.WorkerConnected(worker, WorkerInfo.Parse($$"""{"version": "{{n}}"}"""));
        await updates.SetWorkerPaused(worker, paused: n == 1, "full disk");
        await updates.WorkerConfigured(first, n == 2 ? [] : [builder]);
        await updates.SetWorkerGraceful(first, graceful: n == 1);
        if (n == 1)
            await updates.WorkerDisconnected(first);
        if (n == 2)
        {
            long other = await updates.FindBuilderId("42");
            await updates.RenameBuilder(other, "renamed");
            await updates.RemoveBuilder(other);
        }
    }

    /// <summary>Ends the last build, so that some resources no longer match a filter.</summary>
    private async Task ChangeLast()
    {
        await updates.SetBuildProperty(_lastBuild, "rev", ("changed", "Git"));
        AddedStep step = await updates.NewStep(_lastBuild, "test");
        await updates.FinishStep(step.StepId, BuildResult.Cancelled, hidden: false);
        await updates.FinishBuild(_lastBuild, BuildResult.Failure);
        await updates.CompleteBuildRequests([_lastBuild], BuildResult.Failure);
    }

    private Task<AddedBuildset> AddBuildset(long builder, string name, long? parent) =>
        updates.AddBuildset(
            scheduler: "nightly",
            sourceStamps: [new SourceStampKey { Repository = "app", Revision = name }, new SourceStampKey { Codebase = "lib", Revision = "1" }],
            reason: $"build {name}",
            properties: new() { ["owner"] = (name, "Scheduler") },
            builderIds: [builder],
            parentBuildId: parent,
            parentRelationship: parent is null ? null : "Triggered from");
}
