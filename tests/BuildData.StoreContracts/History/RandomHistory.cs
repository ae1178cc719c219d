using Microsoft.Extensions.Time.Testing;

namespace BuildData.StoreContracts;

/// <summary>Adds random builds and buildsets that refer to each other, of which some never finish.</summary>
internal sealed class RandomHistory(Updates updates, FakeTimeProvider clock, Random random)
{
    private readonly List<long> _builds = [];

    /// <summary>Forgets the builds that were removed, so that no new buildset refers to them.</summary>
    public void Forget(IEnumerable<Build> left) => _builds.RemoveAll(build => !left.Any(other => other.BuildId == build));

    /// <summary>Adds some buildsets.</summary>
    public async Task Grow(int buildsets)
    {
        long[] builders = [await updates.FindBuilderId("a"), await updates.FindBuilderId("b"), await updates.FindBuilderId("c")];
        for (int i = 0; i < buildsets; i++)
        {
            clock.Advance(TimeSpan.FromHours(random.Next(24)));
            await AddBuildset([.. builders.Where(_ => random.Next(2) == 0)]);
        }
    }

    private async Task AddBuildset(long[] builders)
    {
        AddedBuildset added = await updates.AddBuildset(
            sourceStamps: [.. Enumerable.Range(0, random.Next(3)).Select(i => (SourceStampRef)RandomStamp($"codebase {i}"))],
            properties: random.Next(2) == 0 ? null : new() { ["owner"] = ("ann", "Scheduler") },
            builderIds: builders, parentBuildId: AnyBuild(), rebuiltBuildId: AnyBuild());
        foreach (long request in added.BuildRequestIds.Values)
            await AddBuilds(request, builders.First(builder => added.BuildRequestIds[builder] == request));
    }

    private async Task AddBuilds(long request, long builder)
    {
        // Some requests have no build, some have several, and some are never completed.
        for (int count = random.Next(4) - 1; count > 0; count--)
        {
            AddedBuild build = await updates.AddBuild(builder, request);
            _builds.Add(build.BuildId);
            for (int steps = random.Next(4); steps > 0; steps--)
            {
                AddedStep step = await updates.NewStep(build.BuildId, "step");
                if (random.Next(8) > 0)
                    await updates.FinishStep(step.StepId, BuildResult.Success);
            }

            await updates.SetBuildProperty(build.BuildId, "rev", (random.Next(), "Git"));
            if (random.Next(16) > 0)
                await updates.FinishBuild(build.BuildId, random.Next(4) == 0 ? BuildResult.Success : BuildResult.Failure, AnyTime());
        }

        if (random.Next(16) > 0)
            await updates.CompleteBuildRequests([request], BuildResult.Failure, AnyTime());
    }

    private SourceStampKey RandomStamp(string codebase) => new()
    {
        Codebase = codebase,
        Revision = $"{random.Next(20)}",
        Patch = random.Next(5) == 0 ? new PatchKey { Body = "+1" } : null,
    };

    // Most hosts pass no time. Some replay what another program has recorded.
    private DateTimeOffset? AnyTime() => random.Next(8) > 0 ? null : clock.GetUtcNow() - TimeSpan.FromDays(random.Next(40));

    private long? AnyBuild() => _builds.Count > 0 && random.Next(4) == 0 ? _builds[Math.Max(0, _builds.Count - 1 - random.Next(20))] : null;
}
