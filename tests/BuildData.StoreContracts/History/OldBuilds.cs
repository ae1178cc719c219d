namespace BuildData.StoreContracts;

/// <summary>Adds builds that have finished, for tests that remove them.</summary>
public static class OldBuilds
{
    /// <summary>Adds a buildset with a finished build, two steps and a property, and completes it.</summary>
    /// <param name="updates">The updates.</param>
    /// <param name="data">The data.</param>
    /// <param name="builder">The name of the builder.</param>
    /// <param name="results">The result of the build.</param>
    /// <param name="parent">The parent build of the buildset.</param>
    /// <param name="rebuilt">The build that the buildset rebuilds.</param>
    /// <param name="stamp">The source stamp; null for a new one.</param>
    /// <returns>The build.</returns>
    public static async Task<Build> AddFinished(
        this Updates updates, DataApi data, string builder = "linux", BuildResult results = BuildResult.Failure, long? parent = null, long? rebuilt = null, SourceStampKey? stamp = null)
    {
        long builderId = await updates.FindBuilderId(builder);
        AddedBuildset added = await updates.AddBuildset(
            sourceStamps: [stamp ?? new SourceStampKey { Revision = Guid.NewGuid().ToString() }], properties: new() { ["owner"] = ("ann", "Scheduler") },
            builderIds: [builderId], parentBuildId: parent, rebuiltBuildId: rebuilt);
        long request = added.BuildRequestIds[builderId];
        await updates.ClaimBuildRequests([request]);
        AddedBuild build = await updates.AddBuild(builderId, request);
        await updates.SetBuildProperty(build.BuildId, "rev", ("1", "Git"));
        foreach (string name in (string[])["compile", "test"])
        {
            AddedStep step = await updates.NewStep(build.BuildId, name);
            await updates.FinishStep(step.StepId, results);
        }

        await updates.FinishBuild(build.BuildId, results);
        await updates.CompleteBuildRequests([request], results);
        return (await data.Get<Build>($"/builds/{build.BuildId}"))!;
    }

    /// <summary>Adds several finished builds of a builder, one after the other.</summary>
    public static async Task<Build[]> AddFinished(this Updates updates, DataApi data, int count, string builder = "linux")
    {
        var builds = new Build[count];
        for (int i = 0; i < count; i++)
            builds[i] = await updates.AddFinished(data, builder);
        return builds;
    }
}
